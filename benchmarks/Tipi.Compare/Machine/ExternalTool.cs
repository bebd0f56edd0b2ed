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

    public static readonly ExternalTool OpenSsl = new("openssl", "openssl");

    public bool IsInstalled => SearchPath.Any(folder => File.Exists(Path.Combine(folder, Name)));

    public string Remedy => $"{Name} was not found. Install it, on Debian or Ubuntu: apt-get install {Package}";

    // Servers' programs live in sbin, which an ordinary user's PATH often lacks.
    private static IEnumerable<string> SearchPath =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin");
}
