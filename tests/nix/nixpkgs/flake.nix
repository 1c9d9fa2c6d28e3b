{
  description = "Stands in the place of nixpkgs where only the flake of KubeLab is to be evaluated: names, and nothing to build";

  outputs =
    { self }:
    let
      names = [ "python312" "uv" "openssh" "sshpass" "git" "kubectl" "dotnet-sdk_10" ];
      package = system: name: derivation { inherit name system; builder = "/bin/false"; };
      packages = system: builtins.listToAttrs (map (name: { inherit name; value = package system name; }) names) // {
        mkShell = shell: package system "shell" // { inherit (shell) packages LC_ALL; };
        writeShellApplication = application: package system application.name // { inherit (application) text; };
      };
    in
    {
      legacyPackages = builtins.listToAttrs (map (name: { inherit name; value = packages name; }) [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ]);
    };
}
