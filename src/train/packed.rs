//! How what crosses between workers and the page becomes bytes.

use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::data::crc::Crc;
use crate::error::{Code, Error, Result};

/// Numbers as bytes, 4 each: any bits, infinite ones and those that are no number included, and read at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Floats(pub(super) Vec<f32>);

impl Serialize for Floats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Floats;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("numbers of 4 bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Floats, E> {
                let (numbers, rest) = bytes.as_chunks::<4>();
                if rest.is_empty() {
                    return Ok(Floats(numbers.iter().map(|&number| f32::from_le_bytes(number)).collect()));
                }
                Err(E::invalid_length(bytes.len(), &self))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Images, each read at once, not shade by shade.
pub(super) mod images {
    use serde_bytes::{ByteBuf, Bytes};

    use super::*;

    pub(in crate::train) fn serialize<S: Serializer>(
        images: &[Vec<u8>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(images.iter().map(|shades| Bytes::new(shades)))
    }

    pub(in crate::train) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        Ok(Vec::<ByteBuf>::deserialize(deserializer)?.into_iter().map(ByteBuf::into_vec).collect())
    }
}

/// Specs cross as JSON: they say what they leave out, which postcard cannot.
macro_rules! as_json {
    ($name:ident, $spec:ty) => {
        pub(super) mod $name {
            use super::*;
            use crate::nn::spec;

            pub(in crate::train) fn serialize<S: Serializer>(
                spec: &$spec,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&spec::to_json(spec).map_err(serde::ser::Error::custom)?)
            }

            pub(in crate::train) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$spec, D::Error> {
                spec::from_json(&String::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    };
}

as_json!(net_spec, spec::NetSpec);
as_json!(optimizer_spec, spec::OptimizerSpec);

/// A spec that may be missing.
pub(super) mod maybe_net_spec {
    use super::*;
    use crate::nn::spec::NetSpec;

    #[derive(Serialize, Deserialize)]
    struct Packed(#[serde(with = "super::net_spec")] NetSpec);

    pub(in crate::train) fn serialize<S: Serializer>(
        spec: &Option<NetSpec>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        spec.clone().map(Packed).serialize(serializer)
    }

    pub(in crate::train) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NetSpec>, D::Error> {
        Ok(Option::<Packed>::deserialize(deserializer)?.map(|Packed(spec)| spec))
    }
}

/// The first bytes of every mark; another number when its form changes.
const MAGIC: [u8; 4] = *b"fbm2";

/// What kind of work a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Training = 1,
    Spread = 2,
    Inference = 3,
    Check = 4,
}

/// The bytes of a mark: the kind of its work, a checksum, the content.
pub(super) fn seal(kind: Kind, content: &impl Serialize) -> Vec<u8> {
    let content = postcard::to_allocvec(content).unwrap_or_default();
    let mut bytes = Vec::with_capacity(content.len() + 9);
    bytes.extend_from_slice(&MAGIC);
    bytes.push(kind as u8);
    bytes.extend_from_slice(&checksum(kind, &content).to_le_bytes());
    bytes.extend_from_slice(&content);
    bytes
}

/// The content of a mark that [`seal`] made for the same kind of work.
///
/// # Errors
/// The bytes are no mark, a broken one, or of other work.
pub(super) fn open<T: DeserializeOwned>(kind: Kind, mark: &[u8]) -> Result<T> {
    let wrong = |value: &str| Error::new(Code::WrongKind, "mark", value, "bytes of mark()");
    let Some((head, content)) = mark.split_at_checked(9).filter(|(head, _)| head[..4] == MAGIC) else {
        return Err(wrong("other bytes"));
    };
    if head[4] != kind as u8 {
        return Err(wrong("a mark of another task"));
    }
    if head[5..] != checksum(kind, content).to_le_bytes() {
        return Err(wrong("a wrong checksum"));
    }
    unpack(content)
}

/// The content of a mark, once its checksum is right.
pub(super) fn unpack<T: DeserializeOwned>(content: &[u8]) -> Result<T> {
    let wrong = |value: String| Error::new(Code::WrongKind, "mark", value, "bytes of mark()");
    match postcard::take_from_bytes(content) {
        Ok((content, [])) => Ok(content),
        Ok((_, rest)) => Err(wrong(format!("{} more bytes", rest.len()))),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn checksum(kind: Kind, content: &[u8]) -> u32 {
    let mut checksum = Crc::new();
    checksum.update(&[kind as u8]);
    checksum.update(content);
    checksum.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{OptimizerKind, OptimizerSpec};
    use crate::rng::{Purpose, Rng};

    #[test]
    fn any_bits_of_a_number_cross() {
        let mut rng = Rng::new(1, Purpose::Split);
        let bits: Vec<u32> = (0..1000).map(|_| rng.bits()).chain([0x7fc0_0001, 0xff80_0000]).collect();
        let floats = Floats(bits.iter().map(|&bits| f32::from_bits(bits)).collect());
        let found: Floats = unpack(&postcard::to_allocvec(&floats).expect("bytes")).expect("floats");
        assert_eq!(found.0.iter().map(|value| value.to_bits()).collect::<Vec<_>>(), bits);
        let uneven = postcard::to_allocvec(&[1_u8, 2, 3][..]).expect("bytes");
        assert!(unpack::<Floats>(&uneven).is_err());
    }

    /// JSON parsers may be off by a last digit.
    #[test]
    fn a_learning_rate_of_seventeen_digits_crosses() {
        #[derive(PartialEq, Debug, Serialize, Deserialize)]
        struct Packed(#[serde(with = "optimizer_spec")] OptimizerSpec);
        let mut rng = Rng::new(2, Purpose::Split);
        for _ in 0..2000 {
            let rate = libm::pow(10.0, -6.0 * rng.uniform());
            let packed = Packed(OptimizerSpec::new(OptimizerKind::Sgd, rate));
            let bytes = postcard::to_allocvec(&packed).expect("bytes");
            assert_eq!(unpack::<Packed>(&bytes).expect("a spec"), packed);
        }
    }

    #[test]
    fn a_seal_is_of_its_kind() {
        let mark = seal(Kind::Spread, &"content");
        assert_eq!(open::<String>(Kind::Spread, &mark), Ok("content".to_owned()));
        assert_eq!(open::<String>(Kind::Training, &mark).expect_err("another").field, "mark");
        let mut renamed = mark.clone();
        renamed[4] = Kind::Training as u8;
        assert!(open::<String>(Kind::Training, &renamed).is_err(), "the checksum knows the kind");
        assert!(open::<String>(Kind::Spread, &[&mark[..], &[0]].concat()).is_err());
        assert!((0..mark.len()).all(|length| open::<String>(Kind::Spread, &mark[..length]).is_err()));
    }
}
