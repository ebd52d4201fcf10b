#!/usr/bin/env python3
"""Makes the pictures beside this file, and expected.txt: their pixels as other programs show them.

Needs the Debian packages python3, imagemagick and libjpeg-turbo-progs (version 12: ImageMagick 6.9.11,
libjpeg-turbo 2.1.5). PNG files and markers of JPEG files are written here byte by byte; the coded pixels of
JPEG files come from cjpeg. Expected pixels come from djpeg for JPEG files in grey and RGB and from ImageMagick's
convert for everything else: -auto-orient for orientations, -profile with Little CMS for colour profiles,
-background white -alpha remove for transparency. Neither knows of kt4j.

A line of expected.txt: file, columns, rows, tolerance for a value of 0 to 255, its reason, the pixels in
hexadecimal (RGB, row by row).
"""
import os, struct, subprocess, sys, tempfile, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(HERE)
WORK = tempfile.mkdtemp()
lines = []


def run(*command, stdin=None, allowed=(0,)):
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE)
    assert done.returncode in allowed, (command, done.returncode)
    return done.stdout


def ppm(data):
    """Width, height and RGB bytes of a PPM or PGM with 8 bits."""
    fields, at = [], 0
    while len(fields) < 4:
        while data[at:at + 1].isspace():
            at += 1
        end = at
        while not data[end:end + 1].isspace():
            end += 1
        fields.append(data[at:end])
        at = end
    pixels = data[at + 1:]
    if fields[0] == b"P5":
        pixels = b"".join(bytes([p]) * 3 for p in pixels)
    return int(fields[1]), int(fields[2]), pixels


def write(name, data):
    with open(name, "wb") as out:
        out.write(data)


def expect(name, picture, tolerance, reason):
    width, height, pixels = ppm(picture)
    assert len(pixels) == 3 * width * height, name
    lines.append("\t".join([name, str(width), str(height), str(tolerance), reason, pixels.hex()]))


def magick(name, *options):
    return run("convert", name, *options, "-depth", "8", "ppm:-")


def shown(name, tolerance=0, reason="exact"):
    expect(name, magick(name, "-auto-orient", "-background", "white", "-alpha", "remove"), tolerance, reason)


# --- PNG -------------------------------------------------------------------------------------------

W, H = 11, 9
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def sample(kind, depth, x, y, channel):
    """Some value that is different in each place and reaches both ends."""
    largest = (1 << depth) - 1
    if kind == 3:
        return (x * 3 + y * 5) % min(largest + 1, 200)
    if kind in (4, 6) and channel == CHANNELS[kind] - 1:
        return [0, largest, largest // 3, (x * largest) // (W - 1)][(x + y) % 4]
    value = (x * largest // (W - 1), y * largest // (H - 1), (x + y) * largest // (W + H - 2))[channel]
    return value if depth < 16 else (value * 40503 + 77) % 65536


def row(kind, depth, xs, y, filtering):
    bits = "".join(
        format(sample(kind, depth, x, y, c), "0%db" % depth) for x in xs for c in range(CHANNELS[kind]))
    bits += "0" * (-len(bits) % 8)
    raw = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    if filtering:  # Sub
        step = max(1, CHANNELS[kind] * depth // 8)
        raw = bytes((b - (raw[i - step] if i >= step else 0)) & 0xFF for i, b in enumerate(raw))
    return bytes([filtering]) + raw


def png(name, kind, depth, interlaced=False, between=b"", end=True, alike=False):
    header = struct.pack(">IIBBBBB", W, H, depth, kind, 0, 0, int(interlaced))
    data = b""
    for (x0, y0, dx, dy) in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        xs = range(x0, W, dx)
        if xs:
            for y in range(y0, H, dy):
                data += row(kind, depth, xs, y, y % 2)
    packed = zlib.compress(data, 9)
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    if kind == 3:
        colours = min(1 << depth, 200)
        body += chunk(b"PLTE", b"".join(
            bytes([(i * 37) % 256, (i * 91 + 20) % 256, 255 - i]) for i in range(colours)))
    body += between
    half = len(packed) // 2
    body += chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:])
    write(name, body + (chunk(b"IEND", b"") if end else b""))


DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgba"}
ROUNDING = "rounded at other places"
for kind, depths in DEPTHS.items():
    for depth in depths:
        for interlaced in (False, True):
            name = "png-%s-%d%s.png" % (NAMES[kind], depth, "-interlaced" if interlaced else "")
            png(name, kind, depth, interlaced)
            blended = kind in (4, 6)
            shown(name, 1 if blended or depth == 16 else 0, ROUNDING if blended or depth == 16 else "exact")
for depth in DEPTHS[0]:
    name = "png-grey-%d-transparent.png" % depth
    png(name, 0, depth, between=chunk(b"tRNS", struct.pack(">H", sample(0, depth, 6, 4, 0))))
    shown(name, 1 if depth == 16 else 0, ROUNDING if depth == 16 else "exact")
for depth in DEPTHS[2]:
    name = "png-rgb-%d-transparent.png" % depth
    key = struct.pack(">HHH", *(sample(2, depth, 6, 4, c) for c in range(3)))
    png(name, 2, depth, between=chunk(b"tRNS", key))
    shown(name, 1 if depth == 16 else 0, ROUNDING if depth == 16 else "exact")
for depth in DEPTHS[3]:
    name = "png-palette-%d-transparent.png" % depth
    png(name, 3, depth, between=chunk(b"tRNS", bytes([0, 255, 128, 77, 3][:1 << depth])))
    shown(name, 1, ROUNDING)

png("png-without-end.png", 2, 8, end=False)
expect("png-without-end.png", magick("png-rgb-8.png"), 0, "exact; as png-rgb-8.png")
png("png-damaged-profile.png", 2, 8, between=chunk(b"iCCP", b"x\0\0not packed"))
expect("png-damaged-profile.png", magick("png-rgb-8.png"), 0, "exact; as png-rgb-8.png")
png("png-damaged-texts.png", 2, 8,
    between=chunk(b"zTXt", b"key\0\0broken") + chunk(b"tIME", b"\0") + chunk(b"pHYs", b"") + chunk(b"iTXt", b"no"))
expect("png-damaged-texts.png", magick("png-rgb-8.png"), 0, "exact; as png-rgb-8.png")


def exif(orientation, order="II", kind=3, thumbnail=None):
    """A TIFF header with the tag Orientation, and that of a thumbnail in a second directory."""
    o = "<" if order == "II" else ">"
    value = struct.pack(o + "HH", orientation, 0) if kind == 3 else struct.pack(o + "I", orientation)

    def directory(content, following):
        return struct.pack(o + "H", 1) + struct.pack(o + "HHI", 0x0112, kind, 1) + content \
            + struct.pack(o + "I", following)

    head = order.encode() + struct.pack(o + "HI", 42, 8)
    if thumbnail is None:
        return head + directory(value, 0)
    other = struct.pack(o + "HH", thumbnail, 0) if kind == 3 else struct.pack(o + "I", thumbnail)
    return head + directory(value, 8 + 18) + directory(other, 0)


for orientation in range(1, 9):
    name = "png-orientation-%d.png" % orientation
    png(name, 2, 8, between=chunk(b"eXIf", exif(orientation, "MM" if orientation % 2 else "II")))
    # ImageMagick 6 does not follow this chunk, so the orientation is named.
    names = ["top-left", "top-right", "bottom-right", "bottom-left", "left-top", "right-top", "right-bottom",
             "left-bottom"]
    expect(name, magick("png-rgb-8.png", "-orient", names[orientation - 1], "-auto-orient"), 0, "exact")

# --- JPEG ------------------------------------------------------------------------------------------

JW, JH = 19, 13
picture = b"P6\n%d %d\n255\n" % (JW, JH) + b"".join(
    bytes([30 + 200 * x // (JW - 1), 220 - 190 * y // (JH - 1), 40 + 10 * ((x * y) % 18)])
    for y in range(JH) for x in range(JW))
source = os.path.join(WORK, "source.ppm")
write(source, picture)
ONE = "one step of the decoder's rounding"


def segments(data):
    """(marker, content) of everything before the first scan, and the rest from its marker on."""
    at, found = 2, []
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        found.append((data[at + 1], data[at + 4:at + 2 + length]))
        at += 2 + length
    return found, data[at:]


def joined(found, rest):
    return b"\xff\xd8" + b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content for marker, content in found) + rest


def marked(data, *first, without=(), ids=None):
    """With other segments at the beginning, without some, and with other component ids."""
    found, rest = segments(data)
    found = [(m, c) for m, c in found if m not in without]
    if ids is not None:
        changed = []
        for marker, content in found:
            if marker in (0xC0, 0xC1, 0xC2):
                content = bytearray(content)
                for i, new in enumerate(ids):
                    content[6 + 3 * i] = new
                content = bytes(content)
            changed.append((marker, content))
        found = changed
        rest = bytearray(rest)
        assert rest[4] == len(ids)  # one scan with all components
        for i, new in enumerate(ids):
            rest[5 + 2 * i] = new
        rest = bytes(rest)
    return joined(list(first) + found, rest)


def plain(name, data, tolerance=2, reason=ONE):
    write(name, data)
    # djpeg ends with 2 where it has warned, and shows the picture.
    expect(name, run("djpeg", "-pnm", stdin=data, allowed=(0, 2)), tolerance, reason)


def cjpeg(*options):
    return run("cjpeg", "-quality", "90", *options, source)


base = cjpeg("-sample", "1x1")
FANCY = "upsampling of the colours"
plain("jpeg-444.jpg", base)
plain("jpeg-422.jpg", cjpeg("-sample", "2x1"), 3, FANCY)
plain("jpeg-420.jpg", cjpeg("-sample", "2x2"), 3, FANCY)
plain("jpeg-440.jpg", cjpeg("-sample", "1x2"), 40, "libjpeg 6b repeats the colours of a row, libjpeg-turbo interpolates")
plain("jpeg-411.jpg", cjpeg("-sample", "4x1"), 3, FANCY)
plain("jpeg-progressive.jpg", cjpeg("-sample", "2x2", "-progressive"), 3, FANCY)
plain("jpeg-optimized.jpg", cjpeg("-sample", "1x1", "-optimize"))
plain("jpeg-restarts.jpg", cjpeg("-sample", "1x1", "-restart", "1"))
plain("jpeg-grey.jpg", cjpeg("-grayscale"))
plain("jpeg-grey-progressive.jpg", cjpeg("-grayscale", "-progressive"))
rgb = cjpeg("-rgb", "-sample", "1x1")
plain("jpeg-adobe-rgb.jpg", rgb)

# The colour model has to be guessed: no marker of JFIF or Adobe.
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
for sampling, at_most in (("1x1", 2), ("2x1", 3), ("2x2", 3)):
    coded = cjpeg("-sample", sampling)
    short = {"1x1": "444", "2x1": "422", "2x2": "420"}[sampling]
    for ids in ((1, 2, 3), (0, 1, 2), (34, 35, 36)):
        name = "jpeg-unmarked-ids-%s-%s.jpg" % ("-".join(map(str, ids)), short)
        plain(name, marked(coded, without=(APP0,), ids=ids), at_most, FANCY if at_most > 2 else ONE)
plain("jpeg-unmarked-ids-r-g-b.jpg", marked(rgb, without=(APP0, APP14), ids=b"RGB"))
plain("jpeg-jfif-ids-0-1-2.jpg", marked(base, ids=(0, 1, 2)))
plain("jpeg-jfif-ids-r-g-b.jpg", marked(base, ids=b"RGB"))
plain("jpeg-unmarked-grey.jpg", marked(cjpeg("-grayscale"), without=(APP0,)))
plain("jpeg-exif-only-ids-0-1-2.jpg", marked(base, (APP1, b"Exif\0\0" + exif(1)), without=(APP0,), ids=(0, 1, 2)))
plain("jpeg-adobe-ycc.jpg", marked(base, (APP14, b"Adobe\0d\0\0\0\0\1"), without=(APP0,)))

# Orientations.
for orientation in list(range(0, 10)):
    name = "jpeg-orientation-%d.jpg" % orientation
    order = "MM" if orientation % 2 else "II"
    write(name, marked(base, (APP1, b"Exif\0\0" + exif(orientation, order, thumbnail=3))))
    expect(name, magick(name, "-auto-orient"), 2, ONE)
name = "jpeg-orientation-behind-xmp.jpg"
write(name, marked(base, (APP1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), (APP1, b"Exif\0\0" + exif(6))))
expect(name, magick("jpeg-orientation-6.jpg", "-auto-orient"), 2, ONE + "; as jpeg-orientation-6.jpg")
plain("jpeg-exif-cut.jpg", marked(base, (APP1, b"Exif\0\0" + exif(6)[:11])))
plain("jpeg-exif-empty.jpg", marked(base, (APP1, b"Exif\0\0")))
plain("jpeg-exif-noise.jpg", marked(base, (APP1, b"Exif\0\0" + bytes(range(200)))))
write("jpeg-grey-orientation-8.jpg", marked(cjpeg("-grayscale"), (APP1, b"Exif\0\0" + exif(8))))
expect("jpeg-grey-orientation-8.jpg", magick("jpeg-grey-orientation-8.jpg", "-auto-orient"), 2, ONE)

# Inks. All of them are as Adobe's programs store them, by the complement; so other programs show them.
inks = run("convert", source, "-colorspace", "CMYK", "-sampling-factor", "1x1", "-quality", "92", "jpg:-")
NAIVE = "ImageMagick without a profile"


def as_inks(name, data, tolerance=3):
    write(name, data)
    expect(name, magick(name, "-auto-orient", "-colorspace", "sRGB"), tolerance, NAIVE)


as_inks("jpeg-cmyk.jpg", inks)
as_inks("jpeg-cmyk-unmarked.jpg", marked(inks, without=(APP0, APP14)))
as_inks("jpeg-cmyk-unmarked-ids-1-2-3-4.jpg", marked(inks, without=(APP0, APP14), ids=(1, 2, 3, 4)))
as_inks("jpeg-cmyk-orientation-6.jpg", marked(inks, (APP1, b"Exif\0\0" + exif(6))))
as_inks("jpeg-cmyk-progressive.jpg", run("jpegtran", "-copy", "all", "-progressive", stdin=inks))
# YCCK: the same planes, of which the first three are said to be YCbCr of the complement. To have natural colours,
# their values are those of YCbCr.
ycc = os.path.join(WORK, "ycc.cmyk")
width, height, pixels = ppm(picture)
planes = bytearray()
for i in range(0, len(pixels), 3):
    r, g, b = (255 - p for p in pixels[i:i + 3])  # what is stored are the complements of the inks
    y = 0.299 * r + 0.587 * g + 0.114 * b
    for value in (y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402):
        planes.append(255 - max(0, min(255, round(value))))  # convert stores the complement
    planes.append((i // 3) % 7 * 8)
write(ycc, bytes(planes))
flat = run("convert", "-size", "%dx%d" % (JW, JH), "-depth", "8", "cmyk:" + ycc, "-sampling-factor", "1x1",
           "-quality", "95", "jpg:-")
ADOBE_YCCK = (APP14, b"Adobe\0d\0\0\0\0\2")
as_inks("jpeg-ycck.jpg", marked(flat, ADOBE_YCCK, without=(APP0, APP14)))
as_inks("jpeg-ycck-other-transform.jpg", marked(flat, (APP14, b"Adobe\0d\0\0\0\0\1"), without=(APP0, APP14)))

# --- Colour profiles -------------------------------------------------------------------------------


def s15(value):
    return struct.pack(">i", round(value * 65536))


def icc(device, space, connection, tags):
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", at, len(data))
        body += data
        at += len(data)
    head = struct.pack(">I4sI4s4s4s", at, b"\0\0\0\0", 0x02400000, device, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += s15(0.9642) + s15(1) + s15(0.8249) + b"\0" * 48
    assert len(head) == 128
    return head + struct.pack(">I", len(tags)) + table + body


def text(name):
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" + b"\0" * 78


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + s15(x) + s15(y) + s15(z)


def curve(values):
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + struct.pack(">%dH" % len(values), *values)


COMMON = [(b"cprt", b"text\0\0\0\0public domain\0"), (b"wtpt", xyz(0.9642, 1, 0.8249))]


def matrix(name, columns, tone):
    return icc(b"mntr", b"RGB ", b"XYZ ", [(b"desc", text(name))] + COMMON + [
        (b"rXYZ", xyz(*columns[0])), (b"gXYZ", xyz(*columns[1])), (b"bXYZ", xyz(*columns[2])),
        (b"rTRC", tone), (b"gTRC", tone), (b"bTRC", tone)])


def srgb_tone(v):
    return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4


SRGB = matrix(b"sRGB", [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)],
              curve([round(65535 * srgb_tone(i / 1023)) for i in range(1024)]))
# Primaries as wide as Display P3's, with a tone curve of gamma 1.8 (u8Fixed8: 461/256).
WIDE = matrix(b"wide", [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)],
              curve([461]))
GREY = icc(b"mntr", b"GRAY", b"XYZ ", [(b"desc", text(b"grey"))] + COMMON + [(b"kTRC", curve([563]))])


def lut8(inputs, outputs, grid, entries):
    ramp = bytes(range(256))
    return b"mft1\0\0\0\0" + bytes([inputs, outputs, grid, 0]) + b"".join(
        s15(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1)) + ramp * inputs + entries + ramp * outputs


def lab(c, m, y, k):
    """Roughly what inks on paper look like: lightness 0 to 100, a and b around 128."""
    light = (95 - 38 * c - 45 * m - 6 * y) * (1 - 0.85 * k)
    a = (-36 * c + 72 * m - 5 * y) * (1 - k)
    b = (-50 * c - 4 * m + 90 * y) * (1 - k)
    return bytes([max(0, min(255, round(light * 2.55))), max(0, min(255, round(a + 128))),
                  max(0, min(255, round(b + 128)))])


corners = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
to_lab = lut8(4, 3, 2, b"".join(lab(*corner) for corner in corners))
from_lab = lut8(3, 4, 2, b"".join(bytes([128, 128 if a else 0, 128 if b else 0, 0 if l else 255])
                                  for l in (0, 1) for a in (0, 1) for b in (0, 1)))
INKS = icc(b"prtr", b"CMYK", b"Lab ", [(b"desc", text(b"inks"))] + COMMON + [
    (b"A2B0", to_lab), (b"B2A0", from_lab)])
srgb_file = os.path.join(WORK, "srgb.icc")
write(srgb_file, SRGB)


def profile(data, part=1, parts=1):
    return APP2, b"ICC_PROFILE\0" + bytes([part, parts]) + data


def managed(name, data, tolerance, reason):
    write(name, data)
    expect(name, magick(name, "-intent", "perceptual", "-profile", srgb_file), tolerance, reason)


CMS = "Little CMS in other steps"
managed("jpeg-profile-wide.jpg", marked(base, profile(WIDE)), 3, CMS)
half = len(WIDE) // 2
managed("jpeg-profile-wide-in-two.jpg", marked(base, profile(WIDE[:half], 1, 2), profile(WIDE[half:], 2, 2)), 3, CMS)
plain("jpeg-profile-srgb.jpg", marked(base, profile(SRGB)), 2, ONE)
plain("jpeg-profile-grey.jpg", marked(cjpeg("-grayscale"), profile(GREY)), 2, "stored values; a grey profile is not followed")
managed("jpeg-cmyk-profile.jpg", marked(inks, profile(INKS)), 4, CMS)

for kind, depth in ((2, 8), (2, 16), (6, 8)):
    name = "png-%s-%d-profile-wide.png" % (NAMES[kind], depth)
    png(name, kind, depth, between=chunk(b"iCCP", b"wide\0\0" + zlib.compress(WIDE)))
    expect(name, magick(name, "-intent", "perceptual", "-profile", srgb_file,
                        "-background", "white", "-alpha", "remove"), 3, CMS)
png("png-palette-4-profile-wide.png", 3, 4, between=chunk(b"iCCP", b"wide\0\0" + zlib.compress(WIDE)))
# ImageMagick 6 leaves a palette as it is, so it is given the pixels.
wide_file, colours = os.path.join(WORK, "wide.icc"), os.path.join(WORK, "palette.ppm")
write(wide_file, WIDE)
write(colours, magick("png-palette-4.png"))
expect("png-palette-4-profile-wide.png",
       magick(colours, "-intent", "perceptual", "-profile", wide_file, "-profile", srgb_file), 3, CMS)
png("png-profile-srgb.png", 2, 8, between=chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB)))
expect("png-profile-srgb.png", magick("png-rgb-8.png"), 1, CMS + "; as png-rgb-8.png")
png("png-profile-cut.png", 2, 8, between=chunk(b"iCCP", b"wide\0\0" + zlib.compress(WIDE[:200])))
expect("png-profile-cut.png", magick("png-rgb-8.png"), 0, "exact; as png-rgb-8.png")
png("png-grey-8-profile-of-rgb.png", 0, 8, between=chunk(b"iCCP", b"wide\0\0" + zlib.compress(WIDE)))
expect("png-grey-8-profile-of-rgb.png", magick("png-grey-8.png"), 0, "exact; as png-grey-8.png")
png("png-gamma.png", 2, 8, between=chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 100000)))
expect("png-gamma.png", magick("png-rgb-8.png"), 0, "exact; as png-rgb-8.png: gamma is not followed")

# What viewers show as if there were no profile.
plain("jpeg-profile-cut.jpg", marked(base, profile(WIDE[:half])))
plain("jpeg-profile-first-of-two.jpg", marked(base, profile(WIDE[:half], 1, 2)))
plain("jpeg-profile-second-of-two.jpg", marked(base, profile(WIDE[half:], 2, 2)))
plain("jpeg-profile-empty.jpg", marked(base, profile(b"")))
plain("jpeg-profile-no-number.jpg", marked(base, (APP2, b"ICC_PROFILE\0")))
plain("jpeg-profile-noise.jpg", marked(base, profile(bytes((i * 73) % 256 for i in range(600)))))
plain("jpeg-profile-of-inks-in-rgb.jpg", marked(base, profile(INKS)))
plain("jpeg-profile-of-rgb-in-grey.jpg", marked(cjpeg("-grayscale"), profile(WIDE)))
broken = bytearray(WIDE)
at = broken.index(b"rTRC")
broken[at:at + 4] = b"xxxx"
plain("jpeg-profile-without-curve.jpg", marked(base, profile(bytes(broken))))
plain("jpeg-profile-of-2-gib.jpg", marked(base, profile(b"\x7f\xff\xff\xf0" + WIDE[4:])))
for name, data in (("cut", INKS[:len(INKS) // 2]), ("of-rgb", WIDE), ("noise", bytes(range(250)))):
    write("jpeg-cmyk-profile-%s.jpg" % name, marked(inks, profile(data)))
    expect("jpeg-cmyk-profile-%s.jpg" % name, magick("jpeg-cmyk.jpg", "-colorspace", "sRGB"), 3,
           NAIVE + "; as jpeg-cmyk.jpg")

# Oddities of the segments.
found, rest = segments(base)
plain("jpeg-bytes-between-segments.jpg", joined(found[:1], b"\0\1\2\xff\xff" + joined(found[1:], rest)[3:]))
plain("jpeg-jfif-short.jpg", marked(base, (APP0, b"JFIF\0\1"), without=(APP0,)))
plain("jpeg-adobe-short.jpg", marked(base, (APP14, b"Adobe\0")))

# --- Refused ---------------------------------------------------------------------------------------

write("refused-arithmetic.jpg", cjpeg("-arithmetic"))
twelve = bytearray(base)
twelve[twelve.index(b"\xff\xc0") + 4] = 12
write("refused-12-bits.jpg", bytes(twelve))
write("refused-hierarchical.jpg", base.replace(b"\xff\xc0", b"\xff\xc5"))
header = struct.pack(">IIBBBBB", 65000, 65000, 8, 2, 0, 0, 0)
write("refused-65000x65000.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
      + chunk(b"IDAT", zlib.compress(b"\0", 9)) + chunk(b"IEND", b""))
large = bytearray(base)
at = large.index(b"\xff\xc0")
large[at + 5:at + 9] = struct.pack(">HH", 65000, 65000)
write("refused-65000x65000.jpg", bytes(large))

with open("expected.txt", "w") as out:
    out.write("\n".join(lines) + "\n")
print(len(lines), "pictures", file=sys.stderr)
