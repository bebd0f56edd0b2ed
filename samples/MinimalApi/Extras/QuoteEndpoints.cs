using Microsoft.AspNetCore.Http.HttpResults;

namespace MinimalApi.Extras;

/// <summary>A quote behind a rate limit; a bug; a redirect.</summary>
internal static class QuoteEndpoints
{
    /// <summary>The rate limiter's policy: five quotes a minute, then 429.</summary>
    public const string Limit = "quotes";

    public static void MapQuotes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/quote", () => TypedResults.Ok(new Quote("Many poles, one roof.")))
            .RequireRateLimiting(Limit);
        app.MapGet("/broken", Break);
        app.MapGet("/docs", () => TypedResults.Redirect("/openapi/v1.json"));
    }

    // What an exception in a handler looks like to the client: a ProblemDetails with status 500.
    private static Ok Break() => throw new InvalidOperationException("This endpoint is broken on purpose.");
}
