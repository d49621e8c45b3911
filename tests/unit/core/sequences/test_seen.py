"""A filter is read as a motif, followed along a sequence, and every change of a letter is laid out."""

import numpy as np
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.sequences.generator import make
from cnnlab.core.sequences.letters import SequenceError, codes_of, text_of
from cnnlab.core.sequences.matching import answers, best_match, from_hits, from_weights, match
from cnnlab.core.sequences.motifs import from_word
from cnnlab.core.sequences.mutagenesis import gathered, variants
from cnnlab.core.sequences.scanning import scan

WORD = from_word("CCGATWAGCGTA").matrix


def test_a_filter_that_is_the_motif_matches_wherever_it_stands_and_on_either_strand() -> None:
    laid = np.zeros((16, 4))
    laid[3:15] = WORD * 2 - 0.7
    found = match(laid, WORD)
    assert found.correlation == pytest.approx(1)
    assert (found.offset, found.backwards) == (3, False)
    turned = match(laid[::-1, ::-1], WORD)
    assert turned.correlation == pytest.approx(1)
    assert turned.backwards
    assert match(np.ones((12, 4)), WORD).correlation == 0
    assert abs(match(np.random.default_rng(0).normal(size=(12, 4)), WORD).correlation) < 0.6


def test_the_best_of_several_filters_is_named() -> None:
    kernels = np.random.default_rng(1).normal(size=(12, 4, 5))
    kernels[:, :, 3] = WORD
    assert best_match(kernels, WORD)[0] == 3


def test_weights_that_are_logarithms_of_shares_give_the_shares() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(4), 7)
    np.testing.assert_allclose(from_weights(np.log(shares) + 3), shares)


def test_the_strongest_hits_of_the_motif_spell_the_motif() -> None:
    made = make()
    logo, hits = from_hits(WORD, made.train.codes)
    assert 100 < hits <= 500
    assert match(logo, WORD).correlation > 0.95


def test_a_scan_is_the_convolution_and_each_answer_the_sum_of_its_products() -> None:
    rng = np.random.default_rng(3)
    kernels, biases = rng.normal(size=(5, 4, 2)).astype(np.float32), np.array([0.5, -1], np.float32)
    codes = codes_of(b"ACGTNACGTTGCAACG")
    for padding in ("valid", "same", "causal"):
        conv = Layer.make("Conv1D", filters=2, kernel_size=5, padding=padding)
        layers = (conv, Layer.make("Activation", activation="relu"), Layer.make("MaxPooling1D", pool_size=3))
        found = scan(Network((16, 4), layers), codes, kernels, biases, 1)
        if padding == "valid":
            np.testing.assert_allclose(found.answers, answers(kernels[:, :, 1], codes[None], -1)[0], atol=1e-5)
        for i in range(len(found.answers)):
            place = found.at(i)
            assert place.answer == pytest.approx(found.answers[i], abs=1e-5)
            assert place.products.sum() + place.bias == pytest.approx(place.answer, abs=1e-5)
            assert place.rectified == max(0, place.answer)
            if place.pool is not None:
                assert place.pooled == pytest.approx(found.answers[3 * place.pool : 3 * place.pool + 3].max())
        assert found.at(0).letters == {"valid": "ACGTN", "same": "..ACG", "causal": "....A"}[padding]
    with pytest.raises(SequenceError, match="no place 99"):
        found.at(99)
    with pytest.raises(SequenceError, match="begins with Conv1D"):
        scan(Network((16, 4), layers[1:]), codes, kernels, biases, 0)


def test_variants_differ_in_one_letter_and_are_gathered_where_they_belong() -> None:
    codes = codes_of(b"ACN")
    made = variants(codes)
    assert [text_of(each) for each in made] == [
        "CCN", "GCN", "TCN", "AAN", "AGN", "ATN", "ACA", "ACC", "ACG", "ACT",
    ]  # fmt: skip
    found = gathered(codes, 1.0, np.arange(10, dtype=np.float32))
    assert found.scores.tolist() == [[1, 0, 1, 2], [3, 1, 4, 5], [6, 7, 8, 9]]
    assert found.changes[0].tolist() == [0, -1, 0, 1]
    assert found.importance[0] == 0
