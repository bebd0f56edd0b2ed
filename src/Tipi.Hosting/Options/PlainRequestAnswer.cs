namespace Tipi.Hosting;

/// <summary>How an endpoint with TLS answers plain HTTP requests.</summary>
public enum PlainRequestAnswer
{
    /// <summary>
    /// 308 redirect to the same URL over https, on the port that the client named, or the endpoint's port.
    /// </summary>
    Redirect,

    /// <summary>400 Bad Request.</summary>
    BadRequest,
}
