using System.Runtime.CompilerServices;

namespace Tipi.Hosting.Server;

/// <summary>
/// The assemblies that the first requests need, loaded before the first connection is accepted. An assembly that cannot
/// be loaded while the descriptors are used up is missing for the life of the process: the runtime remembers the
/// failure, and each later connection would end like those of that moment.
/// </summary>
/// <remarks>
/// They are what the server, the host and routing refer to and have not used at the end of the start; a test starts an
/// application, asks it over each wire, and finds none that is loaded then. What the application needs beside them is
/// its own. Compiled ahead of time, a program has nothing to load.
/// </remarks>
internal static class NeededAssemblies
{
    internal static void Load()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported) return;
        foreach (Type type in (Type[])
        [
            // Of the server.
            typeof(System.Collections.Immutable.ImmutableArray),
            typeof(System.IO.Pipelines.Pipe),
            typeof(System.Numerics.Vector3),
            typeof(System.Net.Security.SslStream),
            typeof(System.Security.Cryptography.SHA256),
            typeof(System.Text.UTF8Encoding),
            typeof(Microsoft.AspNetCore.Http.Features.IHttpRequestFeature),
            typeof(Microsoft.Net.Http.Headers.HeaderUtilities),

            // Of the host and of routing.
            typeof(System.Linq.Expressions.Expression),
            typeof(System.Net.WebSockets.WebSocket),
            typeof(System.Security.Claims.ClaimsPrincipal),
            typeof(System.Text.Encodings.Web.UrlEncoder),
            typeof(Microsoft.AspNetCore.Authorization.IAllowAnonymous),
            typeof(Microsoft.Extensions.Validation.ValidationOptions),
        ])
        {
            // A type that is named is loaded with its assembly when the method is compiled; this is for those that are
            // in a file apart from the one that they are named by.
            _ = type.Module;
        }
    }
}
