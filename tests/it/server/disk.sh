# Pushes to a server on a disk that is full, and on one that cannot be written to.
# Runs in a clone, in a mount namespace of its own; $1 is the server's repository, $2 a copy of it.
# Prints a line for each push: what was wrong, git's status, the refs that were made, and the same for the next push.
set -u
server=$1 copy=$2

made() { git -C "$server" for-each-ref "refs/heads/$1/" | wc -l; }
attempt() { git push -q --atomic origin "one:refs/heads/$1/a" "one:refs/heads/$1/b" 2>>"$copy.told"; echo "$? $(made "$1")"; }

mount -t tmpfs -o size=24m none "$server" || exit 77
cp -a "$copy/." "$server"
for left in 0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 64 72 80 96 128 256; do
    free=$(df --output=avail -k "$server" | tail -n 1)
    head -c $(((free - left) * 1024)) /dev/zero >"$server/filler"
    first=$(attempt "full-$left")
    rm "$server/filler"
    echo "full-$left $first $(attempt "full-$left")"
done
for part in . touchmark refs refs/heads objects; do
    mount --bind "$server/$part" "$server/$part" && mount -o remount,ro,bind "$server/$part" || exit 77
    name=readonly-${part//[.\/]/x}
    first=$(attempt "$name")
    umount "$server/$part"
    echo "$name $first $(attempt "$name")"
done
find "$server" -name '*.lock' -o -name intent | sed 's/^/left: /'
git -C "$server" fsck --no-progress 2>&1 | grep -v '^dangling' | sed 's/^/fsck: /'
