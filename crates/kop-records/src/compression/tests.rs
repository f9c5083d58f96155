use super::*;

#[test]
fn names_and_ids_round_trip() {
    for codec in Compression::ALL {
        assert_eq!(codec.name().parse(), Ok(codec));
        assert_eq!(Compression::from_attributes(codec.id()), Ok(codec));
    }
    assert_eq!(
        Compression::from_attributes(5),
        Err(RecordsError::UnknownCompression(5))
    );
}
