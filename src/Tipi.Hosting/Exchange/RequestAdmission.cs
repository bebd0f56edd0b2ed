namespace Tipi.Hosting.Exchange;

/// <summary>A request among those that run at once.</summary>
internal static class RequestAdmission
{
    /// <summary>Counts the request, where requests are limited.</summary>
    /// <returns>False when as many run as allowed.</returns>
    internal static bool TryEnter(HttpExchange exchange)
    {
        bool isIn = exchange.Connection.Endpoint.Admission.TryEnterRequest(out bool isCounted);
        exchange.IsAdmitted = isCounted;
        return isIn;
    }

    /// <summary>The request counts no more, unless that was done.</summary>
    internal static void Leave(HttpExchange exchange)
    {
        if (!exchange.IsAdmitted) return;
        exchange.IsAdmitted = false;
        exchange.Connection.Endpoint.Admission.LeaveRequest();
    }
}
