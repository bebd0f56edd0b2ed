namespace Tipi.Hosting.Exchange;

/// <summary>The place of one feature, found once; −1 where it has none.</summary>
internal static class FeatureSlot<TFeature>
{
    internal static readonly int Index = Array.IndexOf(FeatureSlots.Types, typeof(TFeature));
}
