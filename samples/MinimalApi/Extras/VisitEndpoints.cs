using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MinimalApi.Extras;

/// <summary>Cookies in and out: counts a visitor's calls on the visitor's side.</summary>
internal static class VisitEndpoints
{
    public static void MapVisits(this IEndpointRouteBuilder app) => app.MapGet("/visits/{name}", Count);

    private static Ok<Visit> Count(string name, HttpContext context)
    {
        var known = context.Request.Cookies["visitor"] == name;
        var before = known && int.TryParse(context.Request.Cookies["count"], CultureInfo.InvariantCulture, out var n)
            ? n
            : 0;
        var visit = new Visit(name, before + 1);
        var cookies = context.Response.Cookies;
        cookies.Append("visitor", name, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax });
        cookies.Append("count", $"{visit.Count}", new CookieOptions { SameSite = SameSiteMode.Lax });
        return TypedResults.Ok(visit);
    }
}
