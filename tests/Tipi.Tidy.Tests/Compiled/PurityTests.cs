using System.Diagnostics;
using System.Net;
using Tipi.Protocols.Http1;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>The codecs are pure: no stream, socket, thread, task, clock or logger. Only Http1Reader pulls.</summary>
public sealed class PurityTests
{
    private static readonly string[] Spaces =
    [
        "System.IO", "System.Net", "System.Threading", "System.Timers", "System.Runtime.InteropServices.SafeHandles",
        "Microsoft.Extensions", "Microsoft.AspNetCore", "Microsoft.Win32",
    ];

    private static readonly HashSet<Type> Types =
    [
        typeof(Console), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(Environment), typeof(Stopwatch), typeof(TimeProvider), typeof(TimeZoneInfo), typeof(Random),
        typeof(Process), typeof(Activity), typeof(Trace),
    ];

    // Plain values that live next to what acts: an exception's ancestor, the names of HTTP's versions, addresses.
    private static readonly HashSet<Type> Values =
        [typeof(IOException), typeof(HttpVersion), typeof(EndPoint), typeof(IPEndPoint), typeof(IPAddress)];

    [Fact]
    public void Codecs_use_nothing_that_acts()
    {
        var wrong = Product.Uses("Tipi.Protocols")
            .Where(use => Acts(use.Used) && !IsTheReader(use.Owner))
            .Select(use => $"{use.Owner} uses {use.Used}")
            .Distinct()
            .ToList();

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // Without these the test above could look at nothing.
    [Fact]
    public void What_acts_is_seen()
    {
        Assert.Contains(TypeUses.Of(typeof(ActingExample)), Acts);
        Assert.Contains(typeof(DateTime), TypeUses.Of(typeof(ActingExample)));
        Assert.Contains(typeof(Thread), TypeUses.Of(typeof(ActingExample)));
        Assert.Contains(typeof(Stream), TypeUses.Of(typeof(ActingExample)));
        Assert.Contains(typeof(TimeProvider), TypeUses.Of(typeof(ActingExample)));
    }

    [Fact]
    public void Codecs_are_seen() =>
        Assert.Contains(Product.Uses("Tipi.Protocols"), use => use.Owner == typeof(RequestHead));

    private static bool Acts(Type type) =>
        Types.Contains(type) || (Spaces.Any(space => Product.IsIn(type, space)) && !Values.Contains(type));

    private static bool IsTheReader(Type type) => type.Name.StartsWith("Http1Reader", StringComparison.Ordinal);
}
