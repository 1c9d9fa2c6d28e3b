{
  description = "KubeLab's shell: everything but the exact Ansible, which the cluster's toolchain.lock holds";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = output: builtins.listToAttrs (map (name: { inherit name; value = output nixpkgs.legacyPackages.${name}; }) systems);

      # What a release from v2.29 on needs on the control machine: Python in its Ansible's range comes first on the PATH.
      tools = pkgs: [
        pkgs.python312
        pkgs.uv
        pkgs.openssh
        pkgs.sshpass
        pkgs.git
        pkgs.kubectl
        pkgs.dotnet-sdk_10
      ];

      shell = pkgs: pkgs.mkShell {
        packages = tools pkgs;
        LC_ALL = "C.UTF-8";
        DOTNET_ROOT = "${pkgs.dotnet-sdk_10}";
        # The Python that is here, and no other that uv would fetch.
        UV_PYTHON_DOWNLOADS = "never";
      };

      # From the checkout that one stands in, as it holds the inventory and takes the record of the run.
      run = pkgs: target: {
        type = "app";
        program = "${pkgs.writeShellApplication {
          name = "kubelab-${target}";
          runtimeInputs = tools pkgs;
          text = ''
            export LC_ALL=C.UTF-8 UV_PYTHON_DOWNLOADS=never DOTNET_ROOT=${pkgs.dotnet-sdk_10}
            exec ./build.sh ${target} "$@"
          '';
        }}/bin/kubelab-${target}";
      };
    in
    {
      devShells = each (pkgs: { default = shell pkgs; });
      apps = each (pkgs: rec {
        deploy = run pkgs "Deploy";
        default = deploy;
      });
    };
}
