using System.Text.Json;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Routes;

/// <summary>Every route of the sample answers on Tipi what it answers on Kestrel.</summary>
public sealed class RouteParityTests(RouteConversations conversations) : IClassFixture<RouteConversations>
{
    public static TheoryData<SampleVariant, string> Cases
    {
        get
        {
            var cases = new TheoryData<SampleVariant, string>();
            foreach (var variant in SampleFleet.All.Select(row => row.Data).Where(v => v != SampleVariant.Kestrel))
                foreach (var exchange in Conversation.Exchanges)
                    cases.Add(variant, exchange.Name);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Answers_what_Kestrel_answers(SampleVariant variant, string exchange)
    {
        var expected = (await conversations.WithAsync(SampleVariant.Kestrel))[exchange];
        var actual = (await conversations.WithAsync(variant))[exchange];

        Assert.Equal(expected.Status, actual.Status);
        Assert.Equal(expected.Headers, actual.Headers);
        Assert.Equal(expected.Body, actual.Body);
        Assert.Equal(expected.BodySha256, actual.BodySha256);
    }

    // Without this the comparison could compare noise, or nothing.
    [Fact]
    public async Task A_second_conversation_with_Kestrel_is_the_same_as_the_first()
    {
        var first = await conversations.WithAsync(SampleVariant.Kestrel);
        var second = await RouteConversations.HoldAsync(SampleVariant.Kestrel);

        Assert.Equal(first, second);
        Assert.Equal(Conversation.Exchanges.Count, first.Count);
    }

    [Fact]
    public async Task Answers_of_different_exchanges_differ()
    {
        var answers = await conversations.WithAsync(SampleVariant.Kestrel);

        Assert.NotEqual(answers["list"], answers["list done"]);
        Assert.NotEqual(answers["raw"], answers["raw, nothing"]);
        Assert.NotEqual(answers["stream of a megabyte"].BodySha256, answers["stream of 20 megabytes"].BodySha256);
        Assert.NotEqual(answers["first visit"].Headers, answers["tenth visit"].Headers);
        Assert.NotEqual(answers["quote 5"].Status, answers["quote 6"].Status);
    }

    [Fact]
    public async Task The_conversation_covers_every_described_route()
    {
        var described = (await conversations.WithAsync(SampleVariant.Kestrel))["description"].Body;
        using var document = JsonDocument.Parse(described);
        var asked = Conversation.Exchanges.Select(exchange => exchange.Request()).ToList();

        // This one has no end. HttpClientTests and BrowserTests read it.
        string[] endless = ["GET /live/todos"];
        var missing = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (path.Name, Method: method.Name)))
            .Where(route => !asked.Any(request => Matches(request, route.Method, route.Name)))
            .Select(route => $"{route.Method.ToUpperInvariant()} {route.Name}");

        Assert.Equal(endless, missing);
    }

    private static bool Matches(HttpRequestMessage request, string method, string template)
    {
        if (!request.Method.Method.Equals(method, StringComparison.OrdinalIgnoreCase)) return false;
        var asked = request.RequestUri!.OriginalString.Split('?')[0].Split('/');
        var parts = template.Split('/');
        return asked.Length == parts.Length
            && asked.Zip(parts).All(pair => pair.Second.StartsWith('{') || pair.First == pair.Second);
    }
}
