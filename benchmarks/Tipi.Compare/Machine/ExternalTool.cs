namespace Tipi.Compare.Machine;

/// <summary>A program that the comparison needs, and the Debian package that brings it.</summary>
internal sealed record ExternalTool(string Name, string Package)
{
    public static readonly ExternalTool Wrk = new("wrk", "wrk");
    public static readonly ExternalTool H2Load = new("h2load", "nghttp2-client");
    public static readonly ExternalTool Taskset = new("taskset", "util-linux");
    public static readonly ExternalTool Unshare = new("unshare", "util-linux");
    public static readonly ExternalTool Ip = new("ip", "iproute2");
    public static readonly ExternalTool Nginx = new("nginx", "nginx-light");

    public static readonly ExternalTool Postgres = new("postgres", "postgresql");
    public static readonly ExternalTool OpenSsl = new("openssl", "openssl");

    private const string PostgresVersions = "/usr/lib/postgresql";

    public bool IsInstalled => FolderOf(Name) is not null;

    public string Remedy => $"{Name} was not found. Install it, on Debian or Ubuntu: apt-get install {Package}";

    /// <summary>Where a program is, which may be another one of the same package; null: it is not installed.</summary>
    public static string? FolderOf(string program) =>
        SearchPath.FirstOrDefault(folder => File.Exists(Path.Combine(folder, program)));

    // Servers' programs live in sbin, which an ordinary user's PATH often lacks, and PostgreSQL's of each version in a
    // folder of their own.
    private static IEnumerable<string> SearchPath =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin",
        .. Directory.Exists(PostgresVersions) ? Directory.GetDirectories(PostgresVersions).Order().Reverse()
            .Select(version => Path.Combine(version, "bin")) : [],
    ];
}
