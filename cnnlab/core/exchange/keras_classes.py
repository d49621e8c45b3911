"""Name the classes of Keras that a model file may ask for: those that run no code of others and read no file."""

LAYERS = frozenset(
    """
    InputLayer Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D Conv1DTranspose Conv2DTranspose
    Conv3DTranspose Convolution1DTranspose Convolution2DTranspose Convolution3DTranspose DepthwiseConv1D
    DepthwiseConv2D SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D Dense EinsumDense
    Embedding ReversibleEmbedding Activation ReLU LeakyReLU PReLU ELU Softmax MaxPooling1D MaxPooling2D MaxPooling3D
    MaxPool1D MaxPool2D MaxPool3D AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
    GlobalAvgPool3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
    AdaptiveMaxPooling2D AdaptiveMaxPooling3D Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D
    ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D BatchNormalization
    LayerNormalization GroupNormalization RMSNormalization UnitNormalization SpectralNormalization Dropout
    SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout AlphaDropout
    ActivityRegularization Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention AdditiveAttention
    MultiHeadAttention GroupQueryAttention Masking Identity Rescaling Resizing CenterCrop Normalization Discretization
    CategoryEncoding MelSpectrogram STFTSpectrogram AugMix AutoContrast CutMix MixUp Equalization RandAugment
    RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
    RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom
    Solarization ContrastLimitedAdaptiveHistogramEqualization MaxNumBoundingBoxes Pipeline LSTM GRU SimpleRNN LSTMCell
    GRUCell SimpleRNNCell StackedRNNCells RNN Bidirectional TimeDistributed ConvLSTM1D ConvLSTM2D ConvLSTM3D
    LayerScale CustomScaleLayer
    """.split()  # noqa: SIM905
)
NOT_OPENED = frozenset(
    """
    TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer StringLookup IntegerLookup TextVectorization Hashing
    HashedCrossing
    """.split()  # noqa: SIM905
)
"""Layers of Keras that run a program of others, read other files, or take words instead of pictures."""
MODELS = ("Functional", "Sequential", "Model")
INITIALIZERS = frozenset(
    """
    Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling GlorotNormal GlorotUniform HeNormal
    HeUniform LecunNormal LecunUniform Orthogonal OrthogonalInitializer Identity IdentityInitializer STFT
    """.split()  # noqa: SIM905
)
REGULARIZERS = frozenset(["L1", "L2", "L1L2", "OrthogonalRegularizer"])
CONSTRAINTS = frozenset(["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"])
PARTS = frozenset(
    """
    DTypePolicy Policy FloatDTypePolicy SeedGenerator __keras_tensor__ __tensor__ __numpy__ __tuple__ __ellipsis__
    __slice__
    """.split()  # noqa: SIM905
)
OPERATIONS_OF = "keras.src.ops."
"""The beginning of the modules in which Keras keeps what it makes of arithmetic between layers."""
OPERATIONS = frozenset(
    """
    Absolute Abs Add Amax Amin Append Arctan Arctan2 Average BroadcastTo Ceil Clip Concatenate Copy Cos Cosh Cumprod
    Cumsum Divide DivideNoNan Dot Einsum Equal Exp Exp2 ExpandDims Expm1 Flip Fliplr Flipud Floor FloorDivide GetItem
    Greater GreaterEqual Hstack Less LessEqual Log Log10 Log1p Log2 Logaddexp LogicalAnd LogicalNot LogicalOr Matmul
    Max Maximum Mean Median Min Minimum Mod Moveaxis Multiply NanToNum Negative NotEqual OnesLike Pad Power Prod Ravel
    Real Reciprocal Repeat Reshape Roll Rot90 Round Sign Sin Sinh Sort Split Sqrt Square Squeeze Stack Std Subtract
    Sum Swapaxes Take Tan Tanh Tensordot Tile Transpose Tril Triu TrueDivide Trunc Var Vstack Where ZerosLike Argmax
    Argmin Relu Relu6 Sigmoid SparseSigmoid Softplus Softsign SoftShrink SparsePlus Silu Squareplus LogSigmoid
    LeakyRelu HardSigmoid HardSilu Elu Selu Gelu Celu Glu TanhShrink HardTanh HardShrink Threshold Softmax LogSoftmax
    Sparsemax MaxPool AdaptiveMaxPool AveragePool AdaptiveAveragePool Conv DepthwiseConv SeparableConv ConvTranspose
    OneHot Moments BatchNorm Normalize RMSNorm LayerNorm DotProductAttention DepthToSpace SpaceToDepth TopK Logsumexp
    Rsqrt Erf StopGradient Cast SaturateCast Unstack Slice RGBToGrayscale RGBToHSV HSVToRGB Resize PadImages
    CropImages GaussianBlur Norm
    """.split()  # noqa: SIM905
)
KNOWN = LAYERS | INITIALIZERS | REGULARIZERS | CONSTRAINTS | PARTS | frozenset(MODELS)
