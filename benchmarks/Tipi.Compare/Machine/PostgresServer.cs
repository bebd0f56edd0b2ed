using System.Diagnostics;
using System.Globalization;

namespace Tipi.Compare.Machine;

/// <summary>PostgreSQL in a temporary folder of its own; disposing ends it and deletes the folder.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-compare-postgres-");
    private readonly int _port;
    private Process? _process;

    private PostgresServer(int port) => _port = port;

    /// <summary>For Npgsql.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={PortText};Username={User};Database={User}";

    private string PortText => _port.ToString(CultureInfo.InvariantCulture);

    private string DataFolder => Path.Combine(_folder.FullName, "data");

    /// <summary>Starts one with the table that <c>Fortunes.sql</c> makes.</summary>
    /// <param name="cpus">A taskset list.</param>
    public static PostgresServer Start(int port, string cpus)
    {
        var server = new PostgresServer(port);
        try
        {
            server.Prepare();
            server.Run(cpus);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        Kill();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Prepare()
    {
        // The server refuses to run as root.
        if (Environment.IsPrivilegedProcess) Require("chown", [User, _folder.FullName]);
        Require([.. AsUser, PathOf("initdb"), "-D", DataFolder, "-U", User, "-A", "trust", "-E", "UTF8", "--no-sync"]);
    }

    private void Run(string cpus)
    {
        string[] command =
        [
            "taskset", "-c", cpus, .. AsUser, PathOf("postgres"), "-D", DataFolder, "-p", PortText, "-k", "",
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "log_min_messages=fatal",
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        string[] seed =
        [
            PathOf("psql"), "-q", "-h", "127.0.0.1", "-p", PortText, "-U", User, "-v", "ON_ERROR_STOP=1",
            "-f", Path.Combine(AppContext.BaseDirectory, "Machine", "Fortunes.sql"),
        ];
        var clock = Stopwatch.StartNew();
        while (!CommandRun.Succeeds(seed[0], seed[1..]))
        {
            if (_process.HasExited || clock.Elapsed > StartLimit)
                throw new MeasurementException("PostgreSQL did not start.");
            Thread.Sleep(100);
        }
    }

    private void KillAtExit(object? sender, EventArgs args) => Kill();

    private void Kill()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["runuser", "-u", User, "--"] : [];

    private static string PathOf(string program) => ExternalTool.FolderOf(program) is { } folder
        ? Path.Combine(folder, program)
        : throw new MeasurementException(ExternalTool.Postgres.Remedy);

    private static void Require(string[] command) => Require(command[0], command[1..]);

    private static void Require(string program, string[] arguments) =>
        CommandRun.ReadAsync(program, arguments).GetAwaiter().GetResult();
}
