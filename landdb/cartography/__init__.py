"""How the register looks: forms rendered ahead, map tiles, and the style that draws them."""
