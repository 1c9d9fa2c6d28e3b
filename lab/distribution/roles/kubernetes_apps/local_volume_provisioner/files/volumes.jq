# From the API's claims to the volumes that this node has to make for them.
[$volumes[0].items[].metadata.name] as $there
| .items[]
| select(.spec.storageClassName == $class and (.spec.volumeName // "") == "" and .metadata.deletionTimestamp == null)
| select(.metadata.annotations["volume.kubernetes.io/selected-node"] == $node)
| "pvc-\(.metadata.uid)" as $name
| select($there | index($name) | not)
| {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: $name,
      labels: {"kubernetes.io/hostname": $node},
      annotations: {"pv.kubernetes.io/provisioned-by": "kubelab.dev/local"}
    },
    spec: {
      storageClassName: $class,
      capacity: {storage: .spec.resources.requests.storage},
      accessModes: .spec.accessModes,
      volumeMode: (.spec.volumeMode // "Filesystem"),
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: {
        apiVersion: "v1", kind: "PersistentVolumeClaim",
        namespace: .metadata.namespace, name: .metadata.name, uid: .metadata.uid
      },
      local: {path: "\($folder)/\($name)"},
      nodeAffinity: {
        required: {nodeSelectorTerms: [{matchExpressions: [{key: "kubernetes.io/hostname", operator: "In", values: [$node]}]}]}
      }
    }
  }
