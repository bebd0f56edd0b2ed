using Tipi.Compare;
using Tipi.Compare.Machine;

return await new CommandLine().Build(async options =>
{
    var run = new CompareRun(options);
    if (run.Complaint() is { } complaint)
    {
        Console.Error.WriteLine(complaint);
        return 2;
    }

    if (!PrivateNetwork.IsInside && await PrivateNetwork.RunInsideAsync(args) is { } exitCode)
        return exitCode;
    return await run.RunAsync();
}).Parse(args).InvokeAsync();
