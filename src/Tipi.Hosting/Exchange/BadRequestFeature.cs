using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Why the request was found bad while it ran, for instance a body that is too large.</summary>
internal sealed class BadRequestFeature : IBadRequestExceptionFeature
{
    public Exception? Error { get; internal set; }

    internal void Reset() => Error = null;
}
