#!/usr/bin/env bash
# demo.sh GODWIT [--lan] [serve options]: a demo account filled from packaging/demo-mail, served on this machine. Made on the first
# run and kept; GODWIT_DEMO_DATA names another directory, GODWIT_HTTP, GODWIT_HTTPS and GODWIT_LMTP other addresses.
set -euo pipefail
godwit=$1
shift
data=${GODWIT_DEMO_DATA:-godwit-data}
account=demo@example.org
http=${GODWIT_HTTP:-127.0.0.1:8080} https=${GODWIT_HTTPS:-127.0.0.1:8443} lmtp=${GODWIT_LMTP:-127.0.0.1:8024}
lan=$(hostname -I 2>/dev/null | awk '{ print $1 }') || true
if [ "${1:-}" = --lan ]; then
    shift
    https=0.0.0.0:${https##*:}
fi

make_account() {
    local maildir verb=add
    echo "Making $account from packaging/demo-mail ..." >&2
    mkdir -p -m 0700 "$data"
    (umask 077 && head -c 64 /dev/urandom | base64 -w 0 | tr -dc 'a-hjkmnp-z2-9' | head -c 16 >"$data/demo-password.new")
    "$godwit" account show "$account" --data "$data" >/dev/null 2>&1 && verb=set # an earlier run was interrupted
    "$godwit" account "$verb" "$account" --name 'Demo Reader' --password-stdin --data "$data" <"$data/demo-password.new" >&2
    maildir=$(mktemp -d)
    python3 packaging/demo_maildir.py packaging/demo-mail "$maildir"
    "$godwit" import "$account" "$maildir" --data "$data" >&2
    rm -rf "$maildir"
    mv "$data/demo-password.new" "$data/demo-password"
}

make_certificate() {
    local names="DNS:localhost,DNS:$(hostname),IP:127.0.0.1${lan:+,IP:$lan}"
    (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=$(hostname)" \
        -addext "subjectAltName=$names" -keyout "$data/demo-key.pem" -out "$data/demo-certificate.pem" 2>/dev/null)
}

bound() { sed -nE "s/.* $1=([^ ]+).*/\1/p" <<<"$2"; }

# What the server's log says passes through; once it listens, how to use it stands below.
guide() {
    trap '' INT TERM
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line" >&2
        case "$line" in *' listening '*) how_to "$(bound http "$line")" "$(bound https "$line")" "$(bound lmtp "$line")" ;; esac
    done
}

how_to() {
    local plain=$1 tls=$2 mail=$3 host=127.0.0.1 environment=
    [ "$data" = godwit-data ] || environment="GODWIT_DEMO_DATA=$data "
    [ "$plain,$mail" = 127.0.0.1:8080,127.0.0.1:8024 ] || environment+="GODWIT_HTTP=$plain GODWIT_LMTP=$mail "
    case "$tls" in 0.0.0.0:*) host=${lan:-$(hostname)} ;; esac
    cat >&2 <<TEXT

  On the phone: Settings, add an account, "Exchange" (not "Outlook"):
      e-mail, user   $account
      password       $(cat "$data/demo-password")
      server         $host:${tls##*:}   TLS, self-signed: accept the certificate
      domain         leave empty
  Plain HTTP for tools and proxies: http://$plain
$([ "$host" != 127.0.0.1 ] || echo "  Only this machine (an emulator, an SSH tunnel) reaches it. A phone in your network: ./dev run --lan")

  See push work, in another terminal:
      ${environment}./dev push
  A message to the phone while you look at it:
      ${environment}./dev mail 'Hello from the terminal'

  Data (accounts, mail, password, certificate): $(readlink -f "$data")
  Look inside: $godwit account show $account --data $data
  Ctrl-C stops.

TEXT
}

[ -s "$data/demo-password" ] || make_account
[ -s "$data/demo-certificate.pem" ] || make_certificate
exec "$godwit" serve --data "$data" --listen "$http" --tls-listen "$https" --cert "$data/demo-certificate.pem" \
    --key "$data/demo-key.pem" --lmtp "$lmtp" "$@" 2> >(guide)
