"""Why this one gives and that one takes, in a sentence or two for the clerk; and the words of every code."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

from landdb.repairs.assessment import Proposal
from landdb.validators.rule import Words

KINDS: Final[Mapping[str, Words]] = {
    "SNAP_VERTEX": Words(vi="Dời đỉnh về đỉnh của thửa giáp ranh", en="Snap to the neighbour's vertex"),
    "FIT_TO_NEIGHBOURS": Words(vi="Vẽ lại thửa khớp với các thửa giáp ranh", en="Fit a parcel to its neighbours"),
    "INSERT_VERTEX": Words(vi="Chèn đỉnh còn thiếu trên cạnh chung", en="Insert the missing shared vertex"),
    "STRAIGHTEN_EDGE": Words(vi="Bỏ đỉnh lẻ sát cạnh chung", en="Drop a lone vertex beside the common edge"),
    "MERGE_VERTICES": Words(vi="Gộp các đỉnh trùng nhau", en="Merge vertices that stand twice"),
    "REMOVE_SPIKE": Words(vi="Xóa gai nhọn trên ranh giới", en="Remove a spike"),
    "CUT_OVERLAP": Words(vi="Cắt phần chồng lấn", en="Cut an overlap"),
    "GIVE_GAP": Words(vi="Nhập khe hở vào thửa giáp ranh", en="Give a gap to a neighbour"),
    "CLOSE_DUPLICATE": Words(vi="Đóng thửa vẽ trùng", en="Close a duplicate"),
    "UNCROSS_RING": Words(vi="Sắp lại thứ tự đỉnh của ranh giới tự cắt", en="Uncross a ring"),
    "REPROJECT_SHEET": Words(vi="Đưa tờ bản đồ về đúng múi chiếu", en="Bring a sheet to its zone"),
    "CLEAN_COVERAGE": Words(vi="Làm sạch ranh giới quanh lỗi", en="Clean the coverage around the fault"),
}

REASONS: Final[Mapping[str, Words]] = {
    "STANDS_ALONE": Words(
        vi="Đỉnh của {giver} đứng riêng lẻ; dời {distance_m} m thì trùng với đỉnh của các thửa giáp ranh.",
        en="The vertex of {giver} stands alone; {distance_m} m away it meets the vertex of its neighbours.",
    ),
    "DRAWN_AMISS": Words(
        vi="Cả thửa {giver} bị vẽ lệch hoặc xoay; các thửa giáp ranh để lại đúng phần đất này cho thửa.",
        en="{giver} was drawn shifted or turned as a whole; its neighbours leave exactly this ground to it.",
    ),
    "LACKS_VERTEX": Words(
        vi="{giver} thiếu {count} đỉnh mà thửa giáp ranh có trên cạnh chung.",
        en="{giver} lacks what its neighbour has on their common edge (vertices: {count}).",
    ),
    "STANDS_TWICE": Words(
        vi="Ranh giới của {giver} có {count} đỉnh ghi lặp; các thửa có chung đỉnh được sửa cùng lúc.",
        en="The boundary of {giver} repeats vertices ({count}); units that share them follow.",
    ),
    "TURNS_BACK": Words(
        vi=(
            "Ranh giới của {giver} đi ra rồi quay lại theo gần như cùng một đường (số gai: {count}); đỉnh gai không "
            "phải điểm ranh."
        ),
        en=(
            "The boundary of {giver} runs out and back along almost one line (spikes: {count}); a tip is no "
            "boundary point."
        ),
    ),
    "FINER_SCALE": Words(
        vi=(
            "Giữ ranh của {taker} vì được đo ở tỷ lệ lớn hơn ({taker_scale} so với {giver_scale}); {giver} bớt "
            "{area_m2} m²."
        ),
        en=(
            "{taker} keeps its boundary: its sheet is finer ({taker_scale} against {giver_scale}); {giver} gives "
            "{area_m2} m²."
        ),
    ),
    "EARLIER_SURVEY": Words(
        vi="Giữ ranh của {taker} vì có hiệu lực trước; {giver} bớt {area_m2} m².",
        en="{taker} keeps its boundary: it was in force earlier; {giver} gives {area_m2} m².",
    ),
    "HAS_CERTIFICATE": Words(
        vi="Giữ ranh của {taker} vì đã được cấp giấy chứng nhận; {giver} bớt {area_m2} m².",
        en="{taker} keeps its boundary: it has a certificate; {giver} gives {area_m2} m².",
    ),
    "HAS_RIGHT": Words(
        vi="Giữ ranh của {taker} vì đã đăng ký quyền; {giver} bớt {area_m2} m².",
        en="{taker} keeps its boundary: a right is registered on it; {giver} gives {area_m2} m².",
    ),
    "BORDERS_OBJECT": Words(
        vi="{taker} chiếm đất cố định và thửa chưa có giấy chứng nhận; {giver} bớt {area_m2} m².",
        en="{taker} occupies its ground and the parcel has no certificate; {giver} gives {area_m2} m².",
    ),
    "EQUAL_SURVEYS": Words(
        vi="Hai bên có cơ sở đo đạc như nhau; phương án này giữ ranh của {taker}, {giver} bớt {area_m2} m².",
        en="Both surveys are equally good; here {taker} keeps its boundary and {giver} gives {area_m2} m².",
    ),
    "OTHER_WAY": Words(
        vi="Phương án ngược lại: {giver} bớt {area_m2} m², {taker} giữ nguyên.",
        en="The other way round: {giver} gives {area_m2} m², {taker} keeps its boundary.",
    ),
    "LEGAL_SHORTFALL": Words(
        vi="{taker} đang thiếu {shortfall_m2} m² so với giấy tờ nên nhận {area_m2} m² của khe hở.",
        en="{taker} is drawn {shortfall_m2} m² short of its papers and takes the gap's {area_m2} m².",
    ),
    "LONGEST_EDGE": Words(
        vi="{taker} giáp khe hở trên {border_m} m nên nhận {area_m2} m².",
        en="{taker} borders the gap along {border_m} m and takes its {area_m2} m².",
    ),
    "NOBODY_HAS_RIGHT": Words(
        vi=(
            "{giver} không có quyền hay giấy chứng nhận nào, vẽ trùng với {taker} đã có quyền; thửa này được kết "
            "thúc, lịch sử vẫn giữ."
        ),
        en="{giver} carries no right or certificate and lies on {taker}, which does; it ends, its history stays.",
    ),
    "ENTERED_LATER": Words(
        vi=(
            "{giver} và {taker} vẽ cùng một khu đất, đều chưa có quyền; {giver} được nhập sau nên kết thúc, lịch "
            "sử vẫn giữ."
        ),
        en=(
            "{giver} and {taker} are one ground without any right; {giver} was entered later and ends, its "
            "history stays."
        ),
    ),
    "RING_CROSSES": Words(
        vi="Ranh giới của {giver} tự cắt; nối lại các đỉnh đã giao theo thứ tự không cắt nhau, không thêm đỉnh nào.",
        en=(
            "The ring of {giver} crosses itself; the delivered vertices are joined in an order without crossing, "
            "none added."
        ),
    ),
    "HOLE_STRAYS": Words(
        vi="Lỗ của {giver} cắt qua ranh ngoài; bỏ lỗ, giữ ranh ngoài như đã giao.",
        en="A hole of {giver} strays over its outer boundary; the outer boundary stays as delivered, without the hole.",
    ),
    "STANDS_BESIDE": Words(
        vi="{giver} có {count} đỉnh lẻ nằm sát cạnh chung mà thửa giáp ranh không có; bỏ đỉnh thì hai cạnh trùng nhau.",
        en="{giver} alone has vertices ({count}) close beside the common edge; without them both edges agree.",
    ),
    "WRONG_MERIDIAN": Words(
        vi=(
            "Tọa độ của tờ {giver} thuộc {source}; chuyển {count} thửa về {target} thì nằm cách tâm xã "
            "{distance_km} km."
        ),
        en=(
            "The numbers of sheet {giver} are of {source}; brought to {target}, its {count} parcels lie "
            "{distance_km} km from the commune's middle."
        ),
    ),
    "AXES_SWAPPED": Words(
        vi=(
            "Tờ {giver} ghi tọa độ bắc trước đông ({source}); đổi trục cho {count} thửa thì nằm cách tâm xã "
            "{distance_km} km."
        ),
        en=(
            "Sheet {giver} has northing before easting ({source}); with axes in order its {count} parcels lie "
            "{distance_km} km from the commune's middle."
        ),
    ),
    "CLEANED": Words(
        vi="Thuật toán làm sạch ranh giới đề nghị vẽ lại {giver} quanh lỗi; không đơn vị nào bị mất.",
        en="The coverage cleaner redraws {giver} around the fault; no unit is lost.",
    ),
}

CONDITIONS: Final[Mapping[str, Words]] = {
    "NO_PARCEL_LOST": Words(vi="không thửa nào bị mất", en="no parcel vanishes"),
    "RIGHTS_KEPT": Words(vi="không kết thúc thửa đã có quyền", en="no parcel with rights ends"),
    "VALID_SINGLE_PART": Words(vi="mọi hình hợp lệ, không tách phần", en="every polygon valid, in no more parts"),
    "ON_GRID": Words(vi="đỉnh mới nằm trên lưới 1 mm", en="new vertices on the 1 mm grid"),
    "OWN_ZONE": Words(vi="chỉ sửa trong múi chiếu của tờ", en="redrawn in its own zone only"),
    "TARGET_CLOSED": Words(vi="lỗi được khắc phục", en="the finding is closed"),
    "NOTHING_ELSE_MOVED": Words(vi="không đỉnh nào ngoài vùng lỗi bị dời", en="nothing beyond the fault moves"),
    "NONE_OPENED": Words(vi="không phát sinh lỗi mới", en="no finding is opened"),
    "WITHIN_ACCURACY": Words(
        vi="đỉnh dời trong sai số của bản đồ gốc", en="vertices move within the survey's accuracy class"
    ),
    "AREAS_WITHIN_LIMITS": Words(
        vi="diện tích trong giới hạn cho phép so với giấy tờ", en="areas within the legal limits of the papers"
    ),
}

UNSOLVED: Final[Mapping[str, Words]] = {
    "NO_PROPOSER": Words(vi="không có cách sửa tự động cho quy tắc này", en="no proposer answers this rule"),
    "NOT_THERE_NOW": Words(
        vi="lỗi không còn tại chỗ; hãy kiểm tra lại", en="the fault is no longer there; check again"
    ),
    "NO_SOUND_DRAFT": Words(vi="không phương án nào cho hình hợp lệ", en="no draft gives sound polygons"),
    "GROUND_NOT_MAPPED": Words(vi="đất chưa được đo vẽ; cần đo bổ sung", en="ground that nobody has drawn; survey it"),
    "NEEDS_LEGAL_MERGE": Words(vi="cần hợp thửa theo thủ tục", en="needs a legal merge"),
    "NEEDS_LEGAL_SPLIT": Words(vi="cần tách thửa theo thủ tục", en="needs a legal split"),
    "BOTH_HAVE_RIGHTS": Words(
        vi="cả hai thửa vẽ trùng đều có quyền; cần xác minh đất của ai",
        en="both parcels have rights; find out whose it is",
    ),
    "OTHER_FINDING_FIRST": Words(
        vi="do một lỗi khác gây ra; hãy sửa lỗi đó trước", en="another finding explains it; mend that first"
    ),
    "NO_CANDIDATE": Words(vi="không múi chiếu nào phù hợp", en="no zone puts the sheet near its commune"),
}

VERDICTS: Final[Mapping[str, Words]] = {
    "WITHIN": Words(vi="trong giới hạn", en="within the limit"),
    "NEARER": Words(vi="gần giấy tờ hơn trước", en="nearer to the papers than before"),
    "UNCHANGED": Words(vi="không đổi", en="unchanged"),
    "NO_PAPER_AREA": Words(vi="không có diện tích giấy tờ", en="no area on paper"),
    "BEYOND": Words(vi="vượt giới hạn", en="beyond the limit"),
    "NOT_JUDGED": Words(vi="không xét", en="not judged"),
}

_NEEDS_SURVEY: Final = Words(
    vi="Cần đo đạc kiểm tra, vì chưa đạt: {told}.", en="Needs a survey, for this does not hold: {told}."
)


def evidence(proposal: Proposal) -> Words:
    """Give why it is proposed and, where conditions do not hold, which."""
    reason = REASONS[proposal.draft.reason]
    values = dict.fromkeys(_fields(reason), "–") | dict(proposal.draft.values)
    told = Words(vi=reason.vi.format_map(values), en=reason.en.format_map(values))
    if proposal.is_acceptable:
        return told
    failed = [CONDITIONS[code] for code in proposal.failed]
    vi = _NEEDS_SURVEY.vi.format(told="; ".join(words.vi for words in failed))
    en = _NEEDS_SURVEY.en.format(told="; ".join(words.en for words in failed))
    return Words(vi=f"{told.vi} {vi}", en=f"{told.en} {en}")


def _fields(words: Words) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words.vi + words.en) if name}
