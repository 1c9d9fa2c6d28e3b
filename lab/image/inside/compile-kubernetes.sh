#!/bin/sh
# Compiles Kubernetes: compile-kubernetes.sh VERSION SOURCE DIRECTORY (in the builder). VERSION is what it calls itself.
# Go's build cache lies beside the source, so that an interrupted run goes on where it stopped.
set -eu

version=$1 source=$2 binaries=$3
project=k8s.io/kubernetes
components="kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubeadm kubectl"

# The tree's go.mod has relative replacements that Go 1.19's module mode refuses beside its vendor folder: use GOPATH.
export GO111MODULE=off GOPATH="${source%/*}/go" GOCACHE="${source%/*}/cache" CGO_ENABLED=0
mkdir -p "$GOPATH/src/${project%/*}" "$binaries"
ln -sfn "$source" "$GOPATH/src/$project"
cd "$GOPATH/src/$project"

# The vendored reflect2 1.0.1 crashes under Go 1.18 and later; Debian's 1.0.2 does not.
rm -rf vendor/github.com/modern-go/reflect2
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/

# kube-apiserver needs this package, which the tree does not carry. The tree's own `make generated_files` would write
# it too, and takes minutes to write much else that is there already.
echo "  generating the OpenAPI definitions"
go build -o "${source%/*}/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
directories=$(
  grep -rl --include='*.go' '^// *+k8s:openapi-gen=' pkg cmd plugin staging/src/k8s.io |
    grep -v -e /code-generator/ -e /sample-apiserver/ | xargs -n1 dirname | sort -u |
    sed -e "s,^staging/src/,$project/vendor/," -e t -e "s,^,$project/," | paste -sd, -
)
"${source%/*}/openapi-gen" --logtostderr -i "$directories" -p "$project/pkg/generated/openapi" \
  -O zz_generated.openapi -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "${source%/*}/violations"
# The same exceptions as upstream's own run: so the same packages went in.
diff "${source%/*}/violations" api/api-rules/violation_exceptions.list > /dev/null ||
  { echo "the OpenAPI definitions differ from upstream's: the list of packages is wrong" >&2; exit 1; }

packages=
for component in $components; do packages="$packages $project/cmd/$component"; done
# v1.20.2 is major 1, minor 20.
number=${version#v}
minor=${number#*.}
flags="-s -w"
for package in vendor/k8s.io/component-base/version vendor/k8s.io/client-go/pkg/version; do
  for variable in "gitVersion=$version" "gitMajor=${number%%.*}" "gitMinor=${minor%%.*}"; do
    flags="$flags -X $project/$package.$variable"
  done
done

# One call for all: what they share is compiled once, and one is linked while another compiles. Go names each package
# as it finishes (-v); that is shown as a count, and each component by its name. Packages in the cache are not named.
# shellcheck disable=SC2086
total=$(go list -deps $packages | wc -l)
status=${source%/*}/status
# shellcheck disable=SC2086
{ go build -v -ldflags "$flags" -o "$binaries/" $packages 2>&1 && echo ok > "$status" || echo failed > "$status"; } |
  awk -v total="$total" -v main="$project/cmd/" '
    !/^[a-zA-Z0-9_.\/-]+$/ { print; next }
    { if (++count % 100 == 0) print "  compiled " count " of " total " packages" }
    index($0, main) == 1 && split(substr($0, length(main) + 1), part, "/") == 1 { print "  linking " part[1] }
    { fflush() }
  '
[ "$(cat "$status")" = ok ] || { echo "Go could not compile Kubernetes; its message stands above" >&2; exit 1; }

for component in $components; do
  [ -x "$binaries/$component" ] || { echo "no $component came out of the build" >&2; exit 1; }
done
"$binaries/kubelet" --version | grep -qx "Kubernetes $version"
