namespace Tipi.Stack.Tests.Lifetime;

/// <summary>What is left of the process's holdings after something was done many times.</summary>
internal static class Leftovers
{
    /// <summary>
    /// Fails where rounds of something leave more than the runtime itself takes now and then, as threads of its pool.
    /// </summary>
    /// <param name="runAsync">One round; answers with the service provider, which nobody may hold afterwards.</param>
    /// <param name="rounds">So many that a leak of one in each is not to be missed.</param>
    internal static async Task NoneAsync(Func<Task<WeakReference>> runAsync, int rounds)
    {
        // What a first round brings, it brings once.
        for (var i = 0; i < 3; i++) await runAsync();
        ProcessHoldings.Collect();
        ProcessHoldings before = ProcessHoldings.Read();
        var services = new List<WeakReference>();

        for (var i = 0; i < rounds; i++) services.Add(await runAsync());

        ProcessHoldings after = before;
        await Eventually.TrueAsync(
            () =>
            {
                ProcessHoldings.Collect();
                after = ProcessHoldings.Read();
                return services.Count(service => service.IsAlive) <= 1 && after.IsNoMoreThan(before);
            },
            () => $"{before} became {after}, {services.Count(service => service.IsAlive)} service providers live");
    }
}
