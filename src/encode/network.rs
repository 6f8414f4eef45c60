//! The network: an encoder of the BERT kind (Vaswani et al. 2017, Devlin et al. 2019; normalised behind each step), with a head for
//! the place of the answer and one for whether there is an answer.

use std::ops::Range;

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::Matrix;
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};

use super::{
    Segment,
    file::{Head, Model, ModelError, Words, damaged},
    tokenizer::Token,
};

/// The tokens that are read, each with its segment.
#[derive(Default)]
pub(super) struct Input {
    tokens: Vec<(u32, Segment)>,
}

impl Input {
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// A mark that belongs to no text.
    pub(super) fn mark(&mut self, piece: u32) {
        self.tokens.push((piece, Segment::Question));
    }

    /// The mark that ends the title.
    pub(super) fn mark_title(&mut self, piece: u32) {
        self.tokens.push((piece, Segment::Title));
    }

    /// The first `most` tokens of a text.
    pub(super) fn text(&mut self, tokens: &[Token], most: usize, segment: Segment) {
        self.tokens.extend(tokens.iter().take(most).map(|token| (token.piece, segment)));
    }
}

/// What the network says of an input.
pub(super) struct Output {
    /// A logit: whether there is an answer.
    pub(super) presence: f32,
    /// For each token that was asked about, the logarithm of how likely the answer begins there.
    pub(super) starts: Vec<f32>,
    /// The same for its end.
    pub(super) ends: Vec<f32>,
}

/// The weights, packed for this processor.
pub(super) struct Network {
    gemm: GemmExecutor,
    width: usize,
    heads: usize,
    epsilon: f32,
    words: Words,
    /// A row for each position, that of the kind of text added.
    positions: Vec<f32>,
    segments: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    span: Dense,
    absent: Dense,
}

/// `input · weights + bias`.
struct Dense {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

/// The weights and biases of a normalisation.
struct Norm {
    scale: Vec<f32>,
    bias: Vec<f32>,
}

struct Layer {
    attend: Dense,
    mix: Dense,
    norm_mix: Norm,
    up: Dense,
    down: Dense,
    norm_down: Norm,
}

impl Network {
    pub(super) fn new(model: &Model) -> Result<Network, ModelError> {
        let gemm = GemmExecutor::new();
        let Head { width, inner, .. } = model.head;
        let dense = |name: &str, inputs: usize, outputs: usize| Dense::new(&gemm, model, name, inputs, outputs);
        let norm = |name: &str| Norm::new(model, name);
        let layer = |number: usize| {
            let name = |part: &str| format!("layer{number}.{part}");
            Ok(Layer {
                attend: dense(&name("attend"), width, 3 * width)?,
                mix: dense(&name("mix"), width, width)?,
                norm_mix: norm(&name("norm_mix"))?,
                up: dense(&name("up"), width, inner)?,
                down: dense(&name("down"), inner, width)?,
                norm_down: norm(&name("norm_down"))?,
            })
        };
        Ok(Network {
            width,
            heads: model.head.heads,
            epsilon: model.head.epsilon,
            words: Words::new(model)?,
            positions: model.numbers("positions", model.head.limits.all * width)?,
            segments: model.numbers("segments", 3 * width)?,
            norm: norm("norm")?,
            layers: (0..model.head.layers).map(layer).collect::<Result<_, _>>()?,
            span: dense("span", width, 2)?,
            absent: dense("absent", width, 1)?,
            gemm,
        })
    }

    /// Runs an input through the network, and asks where the answer is among `window`.
    pub(super) fn run(&self, input: &Input, window: Range<usize>) -> Output {
        let mut hidden = self.embed(input);
        self.normalise(&self.norm, &mut hidden);
        for layer in &self.layers {
            self.step(layer, &mut hidden);
        }
        let presence = self.dense(&self.absent, &hidden[..self.width])[0];
        let spans = self.dense(&self.span, &hidden[window.start * self.width..window.end * self.width]);
        let column = |at: usize| log_softmax(spans.iter().copied().skip(at).step_by(2).collect());
        Output { presence, starts: column(0), ends: column(1) }
    }

    /// The sum of word, position and segment of each token.
    fn embed(&self, input: &Input) -> Vec<f32> {
        let width = self.width;
        let mut hidden = vec![0.0; input.len() * width];
        let rows = hidden.chunks_exact_mut(width).zip(self.positions.chunks_exact(width));
        for ((row, position), (piece, segment)) in rows.zip(&input.tokens) {
            self.words.add(*piece, row);
            let segment = &self.segments[*segment as usize * width..][..width];
            for ((sum, position), segment) in row.iter_mut().zip(position).zip(segment) {
                *sum += position + segment;
            }
        }
        hidden
    }

    /// One layer: attention, then two dense steps, each added to what was there and normalised.
    fn step(&self, layer: &Layer, hidden: &mut [f32]) {
        let mixed = self.dense(&layer.mix, &self.attention(&self.dense(&layer.attend, hidden)));
        add(hidden, &mixed);
        self.normalise(&layer.norm_mix, hidden);
        let mut fed = self.dense(&layer.up, hidden);
        Gelu {}.map_mut(&mut fed);
        add(hidden, &self.dense(&layer.down, &fed));
        self.normalise(&layer.norm_down, hidden);
    }

    fn dense(&self, dense: &Dense, input: &[f32]) -> Vec<f32> {
        let inputs = dense.weights.rows();
        let rows = input.len() / inputs.max(1);
        let mut output = vec![0.0; rows * dense.bias.len()];
        let options = GemmOptions { bias: Some(BiasVector::Row(&dense.bias)), ..GemmOptions::default() };
        let input = GemmInputA::Unpacked(Matrix::from_data([rows, inputs], input));
        let done = self.gemm.gemm(&mut output, input, GemmInputB::Packed(&dense.weights), options);
        debug_assert!(done.is_ok(), "shapes are checked when the model is loaded");
        output
    }

    /// Attention of each token to all others, head by head. `parts` has query, key and value of a token one behind another.
    fn attention(&self, parts: &[f32]) -> Vec<f32> {
        let (width, stride) = (self.width, 3 * self.width);
        let (tokens, size) = (parts.len() / stride, self.width / self.heads);
        let mut mixed = vec![0.0; tokens * width];
        let mut scores = vec![0.0; tokens * tokens];
        let mut head_mixed = vec![0.0; tokens * size];
        let alpha = 1.0 / (size as f32).sqrt();
        for head in 0..self.heads {
            let part = |which: usize, shape: [usize; 2], strides: [usize; 2]| {
                let data = parts.get(which * width + head * size..).unwrap_or_default();
                Matrix::from_slice_with_strides(shape, data, strides).expect("every head lies within its token")
            };
            let query = part(0, [tokens, size], [stride, 1]);
            let key = part(1, [size, tokens], [1, stride]);
            let value = part(2, [tokens, size], [stride, 1]);
            let options = GemmOptions { alpha, ..GemmOptions::default() };
            self.multiply(&mut scores, query, key, options);
            scores.chunks_exact_mut(tokens).for_each(|row| {
                Softmax::new_mut(row).dispatch();
            });
            self.multiply(
                &mut head_mixed,
                Matrix::from_data([tokens, tokens], scores.as_slice()),
                value,
                GemmOptions::default(),
            );
            for (row, own) in mixed.chunks_exact_mut(width).zip(head_mixed.chunks_exact(size)) {
                row[head * size..][..size].copy_from_slice(own);
            }
        }
        mixed
    }

    fn multiply(&self, output: &mut [f32], left: Matrix, right: Matrix, options: GemmOptions<f32, f32, f32>) {
        let done = self.gemm.gemm(output, GemmInputA::Unpacked(left), GemmInputB::Unpacked(right), options);
        debug_assert!(done.is_ok(), "both sides come from the same tokens");
    }

    /// Each row to mean 0 and variance 1, then scaled and moved.
    fn normalise(&self, norm: &Norm, hidden: &mut [f32]) {
        let width = self.width as f32;
        for row in hidden.chunks_exact_mut(self.width) {
            let mean = Sum::new(row).dispatch() / width;
            let variance = SumSquareSub::new(row, mean).dispatch() / width;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + self.epsilon).sqrt(),
                element_scale: Some(&norm.scale),
                element_bias: Some(&norm.bias),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

impl Dense {
    fn new(gemm: &GemmExecutor, model: &Model, name: &str, inputs: usize, outputs: usize) -> Result<Dense, ModelError> {
        let weights = model.matrix(name, outputs, inputs)?;
        // A row of the file is what one output takes from all inputs: a column here.
        let matrix =
            Matrix::from_slice_with_strides([inputs, outputs], &weights, [1, inputs]).map_err(|_| damaged(name))?;
        Ok(Dense { weights: gemm.prepack_b(matrix), bias: model.numbers(&format!("{name}.bias"), outputs)? })
    }
}

impl Norm {
    fn new(model: &Model, name: &str) -> Result<Norm, ModelError> {
        let width = model.head.width;
        Ok(Norm { scale: model.numbers(name, width)?, bias: model.numbers(&format!("{name}.bias"), width)? })
    }
}

fn add(sum: &mut [f32], other: &[f32]) {
    sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
}

fn log_softmax(mut logits: Vec<f32>) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let mass: f32 = logits.iter().map(|logit| (logit - most).exp()).sum();
    logits.iter_mut().for_each(|logit| *logit -= most + mass.ln());
    logits
}
