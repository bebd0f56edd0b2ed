namespace Tipi.Hosting.Exchange;

/// <summary>A request among those that run at once.</summary>
internal static class RequestAdmission
{
    /// <summary>Counts the request, where requests are limited.</summary>
    /// <returns>False when as many run as allowed.</returns>
    internal static bool TryEnter(RunningRequest request)
    {
        bool isIn = request.Connection.Endpoint.Admission.TryEnterRequest(out bool isCounted);
        request.IsAdmitted = isCounted;
        return isIn;
    }

    /// <summary>The request counts no more, unless that was done.</summary>
    internal static void Leave(RunningRequest request)
    {
        if (!request.IsAdmitted) return;
        request.IsAdmitted = false;
        request.Connection.Endpoint.Admission.LeaveRequest();
    }
}
