using Tipi.Parity.Servers;

namespace Tipi.Parity;

/// <summary>A part of what an app or its operator relies on.</summary>
internal interface IArea
{
    /// <summary>Its name in the document; unique.</summary>
    string Name { get; }

    /// <summary>What its values mean, for the document.</summary>
    string Meaning { get; }

    /// <summary>Asks one server. The values hold nothing that differs between machines or runs.</summary>
    /// <returns>Name and value of each row; a row that another server lacks is absent there.</returns>
    Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject);
}
