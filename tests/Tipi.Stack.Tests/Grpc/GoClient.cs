using System.Text.Json;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>
/// The client of others, gRPC for Go: the program in <c>Go/calls.go</c>, built once with what Debian's packages
/// <c>golang-go</c> and <c>golang-google-grpc-dev</c> bring.
/// </summary>
internal static class GoClient
{
    private const string Sources = "/usr/share/gocode";

    /// <summary>The library is compiled as well.</summary>
    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan s_callLimit = TimeSpan.FromMinutes(3);

    private static readonly Lazy<Task<string>> s_program = new(BuildAsync);

    internal static async Task<JsonElement> CallAsync(StackHost host, string scenario)
    {
        string[] authority = host.Wire.HasTls() ? [SiteCertificates.Shared.AuthorityPath] : [];
        ToolRun run = await Tool.RunAsync(
            s_callLimit, await s_program.Value, [host.Address.Authority, scenario, .. authority]);
        return JsonSerializer.Deserialize<JsonElement>(run.Succeeded().Output);
    }

    private static async Task<string> BuildAsync()
    {
        Tool.Require("go");
        if (!Directory.Exists(Path.Combine(Sources, "src", "google.golang.org", "grpc")))
            throw Tool.Missing("golang-google-grpc-dev is not installed.");
        string program = Path.Combine(AppContext.BaseDirectory, "calls-go");
        string cache = Path.Combine(Path.GetTempPath(), "tipi-go-cache");
        ToolRun run = await Tool.RunAsync(
            s_buildLimit, "env", "GO111MODULE=off", $"GOPATH={Sources}", $"GOCACHE={cache}", "GOFLAGS=",
            "go", "build", "-o", program,
            Path.Combine(Repository.Root, "tests", "Tipi.Stack.Tests", "Grpc", "Go", "calls.go"));
        run.Succeeded();
        return program;
    }
}
