namespace Tipi.Compare.Scenarios;

/// <summary>
/// Whether a server is warm: what a request costs it has not improved by more than 3 % over three windows. A runtime
/// that compiles again what runs often improves for half a minute and more where it has one CPU.
/// </summary>
internal sealed class Steadiness
{
    private const double Improvement = 0.03;
    private const int Windows = 3;

    private double _best = double.PositiveInfinity;
    private int _since;

    /// <summary>Takes what a request cost in one more window.</summary>
    /// <returns>True when the server is warm.</returns>
    public bool Add(double cost)
    {
        if (cost < _best * (1 - Improvement))
        {
            _best = cost;
            _since = 0;
            return false;
        }

        return ++_since >= Windows;
    }
}
