namespace Tipi.Hosting;

/// <summary>How an endpoint with TLS answers plain HTTP requests.</summary>
public enum PlainRequestAnswer
{
    /// <summary>308 to the same place over https: on the port that the client named, or the endpoint's.</summary>
    Redirect,

    /// <summary>400.</summary>
    BadRequest,
}
