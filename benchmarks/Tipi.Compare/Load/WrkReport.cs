namespace Tipi.Compare.Load;

/// <summary>What one run of wrk counted; times in microseconds.</summary>
internal sealed record WrkReport(
    long Requests,
    long Bytes,
    long DurationUs,
    long P50Us,
    long P99Us,
    long P999Us,
    long ConnectErrors,
    long ReadErrors,
    long WriteErrors,
    long StatusErrors,
    long Timeouts)
{
    /// <summary>Throws when anything but a good answer happened: a server that errs is not compared.</summary>
    public void RequireClean()
    {
        if (Requests == 0)
            throw new MeasurementException("no answer at all");
        if (ConnectErrors + ReadErrors + WriteErrors + StatusErrors + Timeouts > 0)
        {
            throw new MeasurementException(
                $"errors: {ConnectErrors} connect, {ReadErrors} read, {WriteErrors} write, " +
                $"{StatusErrors} status, {Timeouts} timeout");
        }
    }
}
