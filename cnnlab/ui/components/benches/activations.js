// The four activations of the bench with their derivatives, as Keras defines them.
const LEAK = 0.2 // negative_slope of Keras' leaky_relu
const sigmoid = (z) => 1 / (1 + Math.exp(-z))
export const ACTIVATIONS = [
  { key: "relu", title: "ReLU", of: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  { key: "leaky_relu", title: "leaky ReLU", of: (z) => (z > 0 ? z : LEAK * z), slope: (z) => (z > 0 ? 1 : LEAK) },
  { key: "sigmoid", title: "sigmoid", of: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) },
  { key: "tanh", title: "tanh", of: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
]
