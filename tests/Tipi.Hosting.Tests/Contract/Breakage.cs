using System.Net;
using System.Reflection;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What an application can do to the objects of its request.</summary>
internal static class Breakage
{
    /// <summary>Sets all that can be set, by reflection.</summary>
    internal static void SetAll(IFeatureCollection features)
    {
        foreach (var (feature, property) in FeaturePicture.Properties(features).ToArray())
        {
            if (property.SetMethod is null) continue;
            object? value = Strange(property);
            // Some refuse at their time, as the limit of a body that is being read does.
            Record.Exception(() => property.SetValue(feature, value));
        }
    }

    /// <summary>Adds to all that can be added to.</summary>
    internal static void AddAll(HttpContext context, List<string> calls)
    {
        context.Items["x"] = 1;
        context.User = new ClaimsPrincipal(new ClaimsIdentity("x"));
        context.Request.Headers["X-Strange"] = "1";
        context.Response.Headers["X-Strange"] = "1";
        context.Request.RouteValues["x"] = "1";
        context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers["X-Strange"] = "1";
        if (context.Features.Get<IPersistentStateFeature>() is { } state) Assert.NotNull(state.State);
        context.Features.Set("strange");
        context.Features.Set<ISessionFeature>(new StrangeSession());
        context.Features.Set<IFormFeature>(new FormFeature(new FormCollection(new() { ["x"] = "1" })));
        context.SetEndpoint(new Endpoint(null, null, "strange"));
        context.Response.OnStarting(() => Note(calls, "starting"));
        context.Response.OnCompleted(() => Note(calls, "completed"));
        context.Response.RegisterForDispose(new StringReader(""));
    }

    /// <summary>Puts others in the place of all features.</summary>
    internal static void ReplaceAll(IFeatureCollection features)
    {
        foreach (Type type in features.Select(feature => feature.Key).Where(type => type.IsInterface).ToArray())
            features[type] = StrangeFeature.Of(type);
    }

    internal static void RemoveAll(IFeatureCollection features)
    {
        foreach (Type type in features.Select(feature => feature.Key).ToArray()) features[type] = null;
    }

    private static Task Note(List<string> calls, string call)
    {
        lock (calls) calls.Add(call);
        return Task.CompletedTask;
    }

    /// <summary>A value that a request does not begin with. A feature of another type wants a line here.</summary>
    private static object? Strange(PropertyInfo property)
    {
        Type type = property.PropertyType;
        if (property.Name == nameof(IHttpResponseFeature.StatusCode)) return 299;
        if (type == typeof(string)) return "strange";
        if (type == typeof(int)) return 7;
        if (type == typeof(bool)) return true;
        if (type == typeof(long?)) return 7L;
        if (type == typeof(IPAddress)) return IPAddress.Parse("192.0.2.7");
        if (type == typeof(Stream)) return new MemoryStream(Encoding.ASCII.GetBytes("strange"));
        if (type == typeof(CancellationToken)) return new CancellationToken(canceled: true);
        if (type == typeof(MinDataRate)) return new MinDataRate(7, TimeSpan.FromDays(1));
        if (type == typeof(IHeaderDictionary)) return new HeaderDictionary { ["X-Strange"] = "1" };
        if (type == typeof(IDictionary<object, object?>)) return new Dictionary<object, object?> { ["x"] = 1 };
        if (type == typeof(RouteValueDictionary)) return new RouteValueDictionary { ["x"] = "1" };
        if (type == typeof(Endpoint)) return new Endpoint(null, null, "strange");
        if (type == typeof(ClaimsPrincipal)) return new ClaimsPrincipal(new ClaimsIdentity("strange"));
        if (type == typeof(IQueryCollection)) return QueryCollection.Empty;
        if (type == typeof(IRequestCookieCollection)) return null;
        if (type == typeof(IFormCollection)) return new FormCollection(new() { ["x"] = "1" });
        if (type == typeof(ISession)) return null;
        throw new NotSupportedException($"{property.DeclaringType}.{property.Name}: what would be strange to it?");
    }

    private sealed class StrangeSession : ISessionFeature
    {
        public ISession Session { get; set; } = null!;
    }
}
