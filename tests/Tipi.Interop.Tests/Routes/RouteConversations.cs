using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Routes;

/// <summary>The answers of a fresh sample of each variant, had once and then read by every test.</summary>
public sealed class RouteConversations
{
    private readonly Dictionary<SampleVariant, Task<IReadOnlyDictionary<string, Answer>>> _answers = [];

    internal Task<IReadOnlyDictionary<string, Answer>> WithAsync(SampleVariant variant)
    {
        lock (_answers)
        {
            if (!_answers.TryGetValue(variant, out var answers))
                _answers.Add(variant, answers = HoldAsync(variant));
            return answers;
        }
    }

    internal static async Task<IReadOnlyDictionary<string, Answer>> HoldAsync(SampleVariant variant)
    {
        await using var sample = await SampleProcess.StartAsync(variant);
        return await Conversation.RunAsync(sample.Address);
    }
}
