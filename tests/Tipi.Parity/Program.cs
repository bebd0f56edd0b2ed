using Tipi.Parity;
using Tipi.Parity.Report;

// Writes docs/PARITY-WITH-KESTREL.md anew: dotnet run --project tests/Tipi.Parity
// Shows one area: dotnet run --project tests/Tipi.Parity -- --area Headers
if (args is ["--area", var name]) Console.Write(Document.Write(await ParityRun.AskAsync(name)));
else await File.WriteAllTextAsync(DocumentFile.Path, Document.Write(await ParityRun.AskAsync()));
