/// Number → place in an array, for other modules.
///
/// `PlaceTable` is made for each kind of key where it is used in its own module. Called from another one it would be
/// generic code, which took a sixth of the time of verifying a log.
package struct NumberPlaces: Sendable {
  private var table = PlaceTable<UInt64>()

  /// Without places.
  package init() {}

  /// The place of a number above 0; nil where it has none.
  package subscript(number: UInt64) -> Int? { table[number] }

  /// Gives a number a place. It must have none, and not be 0.
  package mutating func insert(_ number: UInt64, _ place: Int) { table.insert(number, place) }
}
