#!/bin/bash
# Label on a Ray of three hosts, lose one of them, then all, resume: the plain engine's bytes.
#
#     bash benchmarks/robustness/hosts.sh > docs/results/hosts.json   (Linux, as root; takes iproute2)
#
# The hosts are network namespaces of this machine on one switch, 10.77.0.1 to 10.77.0.3, each with processes,
# /tmp and /dev/shm of its own. They share the other folders, as machines share an NFS. The first is the head.
set -euo pipefail
pages=${PAGES:-600}
export RAY_USAGE_STATS_ENABLED=0 PYTHONWARNINGS=ignore
folder=$(mktemp -d /var/tmp/hosts.XXXXXX)
declare -A init

finish() {
    for host in "${!init[@]}"; do switch_off "$host" 2>/dev/null || true; done
    for name in switch 1 2 3; do ip netns del "newsroles-$name" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

plug_in() { # host
    ip netns add "newsroles-$1"
    ip -n "newsroles-$1" link add eth0 type veth peer name "port$1" netns newsroles-switch
    ip -n newsroles-switch link set "port$1" master bridge up
    ip -n "newsroles-$1" addr add "10.77.0.$1/24" dev eth0
    for device in lo eth0; do ip -n "newsroles-$1" link set "$device" up; done
}

start() { # host: its processes end with its first one, as when a machine is switched off
    local place="--address=10.77.0.1:6379"
    [ "$1" = 1 ] && place="--head --port=6379 --include-dashboard=false"
    mkdir -p "$folder/tmp$1"
    ip netns exec "newsroles-$1" unshare --uts --ipc --pid --mount --fork --mount-proc --kill-child bash -c "
        hostname host$1; mount --bind $folder/tmp$1 /tmp; mount -t tmpfs -o size=300m none /dev/shm
        exec ray start $place --node-ip-address=10.77.0.$1 --num-cpus=1 --object-store-memory=100000000 \
            --disable-usage-stats --block" >"$folder/host$1.log" 2>&1 &
    init[$1]=$!
    disown
}

switch_off() { # host
    kill -9 "${init[$1]}"
}

on_head() { # command
    nsenter --target "$(pgrep -P "${init[1]}")" --net --pid --mount --uts --ipc --wd="$folder" "$@"
}

until_so() { # seconds, command
    local end=$((SECONDS + $1))
    until "${@:2}"; do
        [ $SECONDS -lt $end ] || { echo "waited too long for: ${*:2}"; tail -5 "$folder"/*.log; exit 1; } >&2
        sleep 0.5
    done
}

up() { on_head python -c "
import logging, ray
ray.init('10.77.0.1:6379', logging_level=logging.ERROR, log_to_driver=False)
raise SystemExit(ray.cluster_resources().get('CPU', 0) != $1)" 2>/dev/null; }
shards() { find "$folder/out/_run" -name '*-*.json' 2>/dev/null | wc -l; }
shards_are() { [ "$(shards)" -ge "$1" ]; }

label() { # options
    on_head env RAY_ADDRESS=10.77.0.1:6379 newsroles label pages.jsonl -o out --engine ray --shard-size 20 "$@"
}

ip netns add newsroles-switch
ip -n newsroles-switch link add bridge type bridge
ip -n newsroles-switch link set bridge up
for host in 1 2 3; do plug_in "$host"; done

cd "$folder"
python - "$pages" >pages.jsonl <<'EOF'
import json, sys
page = "The mill lost {0} percent of its water. Ada Lund blamed the mayor.\nShare this story\nIt was built in {0}.\n"
for number in range(int(sys.argv[1])):
    print(json.dumps({"id": number, "text": page.format(number) * 4}) if number % 50 else "no record")
EOF
newsroles label pages.jsonl -o plain.jsonl --threads 1 -q || [ $? = 1 ]

join() { # host, that makes it so many; one that finds the machine too busy to start gives up, so it is tried again
    for try in 1 2 3; do
        start "$1"
        for wait in $(seq 20); do
            if pgrep -P "${init[$1]}" >/dev/null && up "$2"; then return; fi
            sleep 2
        done
        switch_off "$1" 2>/dev/null || true
    done
    tail -5 "$folder"/host*.log >&2
    exit 1
}

join_all() {
    for host in 1 2 3; do join $host $host; done
}

join_all
label -q &
command=$!
until_so 300 shards_are 4
switch_off 3
one_off=$(shards)
until_so 300 shards_are $((one_off + 8))
for host in 1 2; do switch_off $host; done # the command with them, which runs on the first
wait $command 2>/dev/null && exit 1 || true
all_off=$(shards)

join_all
began=$SECONDS
label -q --resume && code=0 || code=$?
cmp <(cat out/part-*) plain.jsonl
cmp out.errors.jsonl plain.jsonl.errors.jsonl
echo "{\"hosts\": 3, \"articles\": $(wc -l <plain.jsonl), \"failures\": $(wc -l <plain.jsonl.errors.jsonl)," \
    "\"shards\": $(shards), \"shards when one host was switched off\": $one_off," \
    "\"shards when all were\": $all_off, \"exit code of the resumed run\": $code," \
    "\"its seconds\": $((SECONDS - began)), \"the plain engine's bytes\": true}"
