import type { Pairs } from "./pairs.ts";

export const mapWords = {
  "map.label": ["Bản đồ", "Map"],
  "map.canvas": [
    "Bản đồ thửa đất. Danh sách kết quả cho cùng thông tin bằng chữ.",
    "Parcel map. The list of results gives the same in words.",
  ],
  "map.zoom_in": ["Phóng to", "Zoom in"],
  "map.zoom_out": ["Thu nhỏ", "Zoom out"],
  "map.to_commune": ["Về địa bàn", "To the commune"],
  "map.to_parcel": ["Đến thửa đất", "To the parcel"],
  "map.layers": ["Lớp bản đồ", "Map layers"],
  "map.layer.parcels": ["Thửa đất", "Parcels"],
  "map.layer.sheets": ["Tờ bản đồ", "Map sheets"],
  "map.layer.communes": ["Xã, phường", "Communes"],
  "map.layer.land-objects": ["Vật chiếm đất", "Land objects"],
  "map.layer.findings": ["Lỗi đã phát hiện", "Findings"],
  "map.measure": ["Đo", "Measure"],
  "map.measure_start": ["Bấm lên bản đồ để đặt điểm đầu.", "Click on the map to set the first point."],
  "map.measure_go_on": [
    "Bấm để thêm điểm, Backspace bỏ điểm cuối, Esc kết thúc.",
    "Click to add points, Backspace takes the last one back, Esc ends.",
  ],
  "map.measure_length": ["Dài", "Length"],
  "map.measure_area": ["Diện tích", "Area"],
  "map.measure_zone": [
    "Tính trên mặt phẳng VN-2000, KTT {meridian}",
    "Computed in the VN-2000 plane, meridian {meridian}",
  ],
  "map.cursor": ["Tọa độ con trỏ", "Coordinates of the cursor"],
  "map.cursor_copy": ["Sao chép tọa độ ở tâm bản đồ", "Copy the coordinates of the map's centre"],
  "map.no_webgl": [
    "Trình duyệt hoặc máy này không vẽ được bản đồ động (WebGL 2). Tra cứu vẫn dùng được; sơ đồ thửa do máy chủ vẽ.",
    "This browser or device cannot draw the moving map (WebGL 2). Searching works; the server draws a sketch of each parcel.",
  ],
  "map.no_tiles": [
    "Một phần bản đồ chưa tải được: máy chủ bận hoặc mất kết nối.",
    "Parts of the map could not be loaded: the server is busy or away.",
  ],
  "map.sketch": ["Sơ đồ thửa {parcel}, tờ {sheet}", "Sketch of parcel {parcel}, sheet {sheet}"],
  "map.pick_parcel": ["Chọn một thửa để xem sơ đồ.", "Choose a parcel to see its sketch."],
  "map.several_here": ["Nhiều thửa giáp nhau tại điểm này", "Several parcels meet here"],
  "map.nothing_here": ["Không có thửa đất tại điểm này.", "There is no parcel here."],
  "map.legend": ["Chú giải", "Legend"],
} as const satisfies Pairs;
