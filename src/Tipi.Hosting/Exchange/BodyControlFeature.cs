using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Whether this request's bodies may be read and written synchronously.</summary>
internal sealed class BodyControlFeature(RunningRequest request) : IHttpBodyControlFeature
{
    public bool AllowSynchronousIO
    {
        get => request.AllowSynchronousIO;
        set => request.AllowSynchronousIO = value;
    }
}
