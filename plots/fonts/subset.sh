#!/bin/sh
# subset.sh FONT.ttf cuts NotoSansSC.ttf.gz, which is built into netsim, out of the
# whole font. Wants pyftsubset (Debian: fonttools) and python3.
set -eu
here=$(dirname "$0") text=$(mktemp) cut=$(mktemp)
trap 'rm -f "$text" "$cut"' EXIT
PYTHONUTF8=1 python3 - >"$text" <<'PYTHON'
def characters(encoding, first, last):
    for lead in range(first, last + 1):
        for trail in range(0x40, 0xff):
            try:
                yield bytes([lead, trail]).decode(encoding)
            except UnicodeDecodeError:
                pass

wanted = set(characters('gb2312', 0xa1, 0xf7))    # all of GB 2312
wanted |= set(characters('big5', 0xa4, 0xc6))     # Big5, the frequent ones
wanted |= set(characters('euc-jp', 0xb0, 0xcf))   # JIS X 0208, level 1
print(''.join(sorted(wanted)))
PYTHON
pyftsubset "$1" --text-file="$text" --unicodes=U+3000-30FF,U+FF00-FFEF \
	--no-hinting --layout-features= --notdef-outline --name-IDs=0,1,2,3,4,5,6,13,14 \
	--drop-tables+=vhea,vmtx,GSUB,GPOS,GDEF,BASE,VORG,STAT,gasp --output-file="$cut"
gzip -9 -n <"$cut" >"$here/NotoSansSC.ttf.gz"
