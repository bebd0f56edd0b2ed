using System.Text.Json;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>The client of others, <c>@grpc/grpc-js</c>: a process for each of the calls in <c>calls.js</c>.</summary>
internal static class CampClient
{
    private static readonly string s_folder =
        Path.Combine(Repository.Root, "tests", "Tipi.Stack.Tests", "Grpc");

    internal static async Task<JsonElement> CallAsync(StackHost host, string scenario)
    {
        if (!Directory.Exists(Path.Combine(s_folder, "node_modules")))
            throw Tool.Missing($"npm ci has not been run in tests/Tipi.Stack.Tests/Grpc.");
        string[] authority = host.Wire.HasTls() ? [SiteCertificates.Shared.AuthorityPath] : [];
        ToolRun run = await Tool.RunAsync(
            "node", [Path.Combine(s_folder, "calls.js"), host.Address.Authority, scenario, .. authority]);
        return JsonSerializer.Deserialize<JsonElement>(run.Succeeded().Output);
    }
}
