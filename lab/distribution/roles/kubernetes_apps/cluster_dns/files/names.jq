# From the API's Services and Endpoints to lines of an address and a name, as
# https://github.com/kubernetes/dns/blob/master/docs/specification.md has them.
def name: "\(.metadata.name).\(.metadata.namespace).svc.\($domain)";
def first_label: .hostname // (.ip | gsub("[.:]"; "-"));

[$services[0].items[] | select(.spec.clusterIP == "None") | name] as $headless
| [$services[0].items[] | select(.spec.clusterIP == "None" and .spec.publishNotReadyAddresses == true) | name] as $eager
| ($services[0].items[] | select((.spec.clusterIP // "None") as $address | $address != "None" and $address != "")
    | "\(.spec.clusterIP) \(name)"),
  ($endpoints[0].items[] | name as $name | select($headless | index($name)) | .subsets[]?
    | (.addresses // []) + (if ($eager | index($name)) then .notReadyAddresses // [] else [] end)
    | .[] | "\(.ip) \($name)", "\(.ip) \(first_label).\($name)")
