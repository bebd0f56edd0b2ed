using System.Text.RegularExpressions;
using Tipi.Hosting;
using Tipi.Tidy.Tests.Source;
using Tipi.Transport.Uring;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>docs/OPTIONS.md lists each option, and nothing that is none.</summary>
public sealed partial class OptionTableTests
{
    private static readonly string Document = Repository.Files.Single(file => file.Path == "docs/OPTIONS.md").Text;

    public static TheoryData<string, Type> Options => new()
    {
        { "", typeof(TipiServerOptions) },
        { "AccessLog.", typeof(AccessLogOptions) },
        { "Limits.", typeof(TipiServerLimits) },
        { "Limits.Http2.", typeof(Microsoft.AspNetCore.Server.Kestrel.Core.Http2Limits) },
        { "Limits.Http2Allowances.", typeof(Http2Allowances) },
        { "Uring.", typeof(UringTransportOptions) },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_is_listed(string prefix, Type options)
    {
        // These are other names of Scheduling and of the limits on buffers.
        string[] elsewhere = ["Uring.Scheduling", "Uring.MaxReadBufferSize", "Uring.MaxWriteBufferSize"];
        var missing = options.GetProperties()
            .Select(property => prefix + property.Name)
            .Where(name => name is not ("AccessLog" or "Limits" or "Uring"))
            .Where(name => name is not ("Limits.Http2" or "Limits.Http2Allowances"))
            .Where(name => !elsewhere.Contains(name))
            .Where(name => !Document.Contains($"\n| `{name}` |", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_listed_option_is_there()
    {
        var known = Options.SelectMany(row => row.Data.Item2.GetProperties().Select(p => row.Data.Item1 + p.Name));

        Assert.Empty(OptionRow().Matches(Document).Select(row => row.Groups[1].Value).Except(known));
    }

    [GeneratedRegex(@"\n\| `([\w.]+)` \|")]
    private static partial Regex OptionRow();
}
