using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Tipi.Hosting.Scheduling;

/// <summary>Which requests lead to one endpoint, as far as that can be told before routing.</summary>
internal sealed class LearnedRoute
{
    private readonly IReadOnlyList<string> _methods;
    private readonly TemplateMatcher _matcher;

    internal LearnedRoute(RouteEndpoint endpoint, Suspect suspect)
    {
        Suspect = suspect;
        _methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        _matcher = new TemplateMatcher(
            new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults));
    }

    internal Suspect Suspect { get; }

    internal bool Matches(string method, string path)
    {
        if (_methods.Count > 0 && !_methods.Contains(method, StringComparer.OrdinalIgnoreCase)) return false;
        return path.StartsWith('/') && _matcher.TryMatch(new PathString(path), []);
    }
}
