using Tipi.Compare;
using Tipi.Compare.Machine;
using Tipi.Compare.Siege;

return await new CommandLine().Build(async options =>
{
    var run = new CompareRun(options);
    return await RunAsync(run.Complaint(), run.RunAsync);
}, async options =>
{
    var siege = new SiegeRun(options);
    return await RunAsync(siege.Complaint(), siege.RunAsync);
}).Parse(args).InvokeAsync();

async Task<int> RunAsync(string? complaint, Func<Task<int>> run)
{
    if (complaint is not null)
    {
        Console.Error.WriteLine(complaint);
        return 2;
    }

    if (!PrivateNetwork.IsInside && await PrivateNetwork.RunInsideAsync(args) is { } exitCode)
        return exitCode;
    return await run();
}
