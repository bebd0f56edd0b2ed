namespace Tipi.Compare.Scenarios;

/// <summary>
/// Whether a server is warm: over three windows, what a request costs it has not improved by more than 3 %, and its
/// compiler has hardly worked. A runtime that compiles again what runs often is busy with that for half a minute and
/// more where it has one CPU; meanwhile the cost of a request may stay the same, and then fall to a third.
/// </summary>
internal sealed class Steadiness
{
    private const double Improvement = 0.03;
    private const double HardlyCompiling = 0.02;
    private const int Windows = 3;

    private double _best = double.PositiveInfinity;
    private int _since;

    /// <summary>Takes what a request cost in one more window.</summary>
    /// <param name="cost">CPU time of the server per request.</param>
    /// <param name="compiling">The part of the window in which the server's compiler worked.</param>
    /// <returns>True when the server is warm.</returns>
    public bool Add(double cost, double compiling)
    {
        var isBetter = cost < _best * (1 - Improvement);
        if (isBetter)
            _best = cost;
        _since = isBetter || compiling > HardlyCompiling ? 0 : _since + 1;
        return _since >= Windows;
    }
}
