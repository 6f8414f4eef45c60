//! Learned models: a weight for each feature after standardisation (listwise, Cao and others, Learning to rank, 2007), and
//! regression trees that were grown on what the weights leave over (Friedman, Greedy function approximation, 2001). They ship in
//! small files; `scripts/train.py` and `scripts/calibrate.py` make them, docs/quality.md says from what.

use std::sync::OnceLock;

use serde::Deserialize;

/// A row with the names of its numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<f32>,
}

impl Row {
    /// Adds a number; what cannot be computed counts as 0.
    pub(super) fn put(&mut self, name: impl Into<String>, value: f32) {
        self.names.push(name.into());
        self.values.push(if value.is_finite() { value } else { 0.0 });
    }

    /// Adds a yes or no.
    pub(super) fn flag(&mut self, name: impl Into<String>, yes: bool) {
        self.put(name, f32::from(u8::from(yes)));
    }
}

/// A model: the sum of the standardised features, each with its weight, and of the trees.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    features: Vec<String>,
    mean: Vec<f32>,
    deviation: Vec<f32>,
    weight: Vec<f32>,
    #[serde(default)]
    trees: Vec<Tree>,
}

/// A regression tree. A node sends a row to the left where its feature is at most the threshold; a number from 0 is another node,
/// a negative one the leaf `!number`. The first node is the root; a tree without nodes is its only leaf.
#[derive(Debug, Deserialize)]
struct Tree {
    feature: Vec<usize>,
    threshold: Vec<f32>,
    left: Vec<i32>,
    right: Vec<i32>,
    leaf: Vec<f32>,
}

impl Tree {
    /// Whether every way from the root ends at a leaf: nodes lead to later nodes only.
    fn is_sound(&self, features: usize) -> bool {
        let nodes = self.feature.len();
        let leads = |(at, next): (usize, &i32)| match usize::try_from(*next) {
            Ok(node) => at < node && node < nodes,
            Err(_) => usize::try_from(!*next).is_ok_and(|leaf| leaf < self.leaf.len()),
        };
        let lengths = [self.threshold.len(), self.left.len(), self.right.len()];
        lengths.iter().all(|length| *length == nodes)
            && self.leaf.len() == nodes + 1
            && self.feature.iter().all(|feature| *feature < features)
            && self.left.iter().enumerate().chain(self.right.iter().enumerate()).all(leads)
    }

    fn value(&self, row: &[f32]) -> f32 {
        let mut at = if self.feature.is_empty() { !0 } else { 0 };
        while let Ok(node) = usize::try_from(at) {
            let left = row[self.feature[node]] <= self.threshold[node];
            at = if left { self.left[node] } else { self.right[node] };
        }
        self.leaf[usize::try_from(!at).unwrap_or_default()]
    }
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

    /// The model that tells answers from what merely has to do with the question.
    pub(super) fn verdict() -> &'static Model {
        static VERDICT: OnceLock<Model> = OnceLock::new();
        VERDICT.get_or_init(|| {
            let model = Model::read(include_str!("../../data/verdict.json"), &super::signals::names());
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
        if !model.trees.iter().all(|tree| tree.is_sound(features.len())) {
            return Err("a tree of the model is broken".to_owned());
        }
        Ok(model)
    }

    /// The weight of each feature, after standardisation.
    pub(super) fn weights(&self) -> &[f32] {
        &self.weight
    }

    /// The score of a row.
    pub(super) fn score(&self, values: &[f32]) -> f32 {
        self.parts(values).iter().sum::<f32>() + self.grown(values)
    }

    /// What the trees add to the score.
    pub(super) fn grown(&self, values: &[f32]) -> f32 {
        self.trees.iter().map(|tree| tree.value(values)).sum()
    }

    /// What each feature adds to the score by its weight.
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
        for model in [Model::ranking(), Model::sentences(), Model::verdict()] {
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

    #[test]
    fn trees_add_to_the_weights() {
        let json = r#"{"features": ["a", "b"], "mean": [0, 0], "deviation": [1, 1], "weight": [1, 0], "trees": [
            {"feature": [], "threshold": [], "left": [], "right": [], "leaf": [0.5]},
            {"feature": [1, 0], "threshold": [2.0, 0.0], "left": [1, -1], "right": [-3, -2], "leaf": [10, 20, 30]}]}"#;
        let names = ["a".to_owned(), "b".to_owned()];
        let model = Model::read(json, &names).unwrap();
        assert_eq!(model.score(&[-1.0, 2.0]), -1.0 + 0.5 + 10.0);
        assert_eq!(model.score(&[1.0, 2.0]), 1.0 + 0.5 + 20.0);
        assert_eq!(model.score(&[1.0, 2.5]), 1.0 + 0.5 + 30.0);
        for (sound, broken) in [
            ("[1, -1]", "[0, -1]"),
            (": [1, 0], \"thr", ": [1, 2], \"thr"),
            ("[-3, -2]", "[-4, -2]"),
            ("[1, -1]", "[1]"),
        ] {
            assert!(Model::read(&json.replacen(sound, broken, 1), &names).is_err(), "{broken}");
        }
    }
}
