//! Linear models (listwise, Cao and others, Learning to rank, 2007): a weight for each feature after standardisation. The
//! weights ship in a small file; `scripts/train.py` makes it, docs/quality.md says from what.

use std::sync::OnceLock;

use serde::Deserialize;

/// A model: the sum of the standardised features, each with its weight.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    features: Vec<String>,
    mean: Vec<f32>,
    deviation: Vec<f32>,
    weight: Vec<f32>,
}

impl Model {
    /// The model that orders passages.
    pub(super) fn ranking() -> &'static Model {
        static RANKING: OnceLock<Model> = OnceLock::new();
        RANKING.get_or_init(|| {
            let model = Model::read(include_str!("../../data/ranking.json"), &super::features::names());
            model.expect("the model that ships with the program fits it; a test reads it")
        })
    }

    /// The model that weighs sentences.
    pub(super) fn sentences() -> &'static Model {
        static SENTENCES: OnceLock<Model> = OnceLock::new();
        SENTENCES.get_or_init(|| {
            let model = Model::read(include_str!("../../data/sentences.json"), &super::evidence::names());
            model.expect("the model that ships with the program fits it; a test reads it")
        })
    }

    /// Reads a model, and refuses one that was trained on other features.
    pub(super) fn read(json: &str, features: &[String]) -> Result<Model, String> {
        let model: Model = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if model.features != features {
            return Err(format!("the model was trained on {:?}, the program computes {features:?}", model.features));
        }
        let lengths = [model.mean.len(), model.deviation.len(), model.weight.len()];
        if lengths.iter().any(|length| *length != features.len()) || model.deviation.contains(&0.0) {
            return Err("the model is incomplete".to_owned());
        }
        Ok(model)
    }

    /// The weight of each feature, after standardisation.
    pub(super) fn weights(&self) -> &[f32] {
        &self.weight
    }

    /// What each feature adds to the score.
    pub(super) fn parts(&self, values: &[f32]) -> Vec<f32> {
        let standardised =
            values.iter().zip(&self.mean).zip(&self.deviation).map(|((value, mean), sd)| (value - mean) / sd);
        standardised.zip(&self.weight).map(|(value, weight)| value * weight).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_of_the_program_fit_it() {
        for model in [Model::ranking(), Model::sentences()] {
            assert_eq!(model.parts(&vec![0.0; model.features.len()]).len(), model.features.len());
        }
    }

    #[test]
    fn features_are_standardised_and_weighed() {
        let json = r#"{"features": ["a", "b"], "mean": [1, 0], "deviation": [2, 1], "weight": [10, -1]}"#;
        let names = ["a".to_owned(), "b".to_owned()];
        assert_eq!(Model::read(json, &names).unwrap().parts(&[2.0, 3.0]), [5.0, -3.0]);
        assert!(Model::read(json, &names[..1]).unwrap_err().contains("trained on"));
        assert!(Model::read(&json.replace("[2, 1]", "[2]"), &names).is_err());
    }
}
