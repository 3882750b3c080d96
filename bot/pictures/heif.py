"""How pictures that phones take, and we do not read, say what they are."""

HEIF_TYPES = frozenset({"image/heic", "image/heif", "image/avif"})
HEIF_SUFFIXES = (".heic", ".heif", ".avif")
HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
)
"""The major brands of their files."""
