namespace Tipi.Compare;

/// <summary>A measurement that does not count, and why; its row is reported as failed.</summary>
internal sealed class MeasurementException : Exception
{
    public MeasurementException(string message)
        : base(message)
    {
    }

    public MeasurementException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
