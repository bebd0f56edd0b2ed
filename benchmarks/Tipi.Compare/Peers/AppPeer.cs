using Tipi.Compare.Machine;

namespace Tipi.Compare.Peers;

/// <summary>The benchmark application on one of the .NET servers.</summary>
internal sealed class AppPeer(string name, bool servesPlaintextOnly = false) : IPeer
{
    public string Name => name;

    public ExternalTool? Tool => null;

    public bool Serves(Workload workload) => !servesPlaintextOnly || workload == Workload.Plaintext;

    public RunningServer Start(Launch launch)
    {
        var port = launch.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var workload = launch.Workload;
        List<string> command = [launch.AppProgram ?? ProgramPath, name, workload.Application, port];
        if (workload.IsEncrypted)
            command.AddRange(["https", launch.CertificateFile!]);
        else if (workload.IsHttp2)
            command.Add("h2c");
        return RunningServer.Start(launch, hasCounters: true, [.. command]);
    }

    // The application is built beside this program with the same configuration: …/Tipi.Compare[.App]/bin/X/Y/.
    private static string ProgramPath
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            var configuration = output.Parent!;
            var projects = configuration.Parent!.Parent!.Parent!;
            return Path.Combine(
                projects.FullName, "Tipi.Compare.App", "bin", configuration.Name, output.Name, "Tipi.Compare.App");
        }
    }
}
